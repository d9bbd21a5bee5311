import {
  type FileEntry,
  type LinkEntry,
  type RelativePath,
  type Seq,
  type VersionId,
  type VersionState,
  parentOf,
  versionId,
} from '@syncpair/contracts';
import type { AnsweredChange, DirectoryView, FormerVersion, StoredVersion, VersionWrite } from './stored-version.ts';

/** A directory's state with the writes of a commit on top, so that each change is decided against what those before it made. */
export class Overlay implements DirectoryView {
  readonly writes: VersionWrite[] = [];
  readonly #view: DirectoryView;
  readonly #seq: Seq;
  readonly #firstOrdinal: number;
  readonly #heads = new Map<RelativePath, StoredVersion>();
  readonly #versions = new Map<string, StoredVersion>();
  readonly #childrenChange = new Map<RelativePath, number>();

  constructor(view: DirectoryView, seq: Seq, firstOrdinal: number) {
    this.#view = view;
    this.#seq = seq;
    this.#firstOrdinal = firstOrdinal;
  }

  head(path: RelativePath): StoredVersion | null {
    return this.#heads.get(path) ?? this.#view.head(path);
  }

  version(path: RelativePath, id: VersionId): StoredVersion | null {
    return this.#versions.get(`${id} ${path}`) ?? this.#view.version(path, id);
  }

  liveChildren(folder: RelativePath): number {
    return this.#view.liveChildren(folder) + (this.#childrenChange.get(folder) ?? 0);
  }

  former(path: RelativePath, entry: FileEntry | LinkEntry): readonly FormerVersion[] {
    return this.#view.former?.(path, entry) ?? [];
  }

  answered(changeId: string): AnsweredChange | null {
    return this.#view.answered(changeId);
  }

  write(write: {
    path: RelativePath;
    state: VersionState;
    order: bigint;
    /** The version whose content this one only re-labels; null when the content is its own. */
    sameContentAs: StoredVersion | null;
    parent: VersionId | null;
    changeId: string | null;
    lost: boolean;
  }): VersionId {
    const ordinal = this.#firstOrdinal + this.writes.length;
    const version = versionId(this.#seq, ordinal);
    const contentSince = write.sameContentAs?.contentSince ?? version;
    const { path, state, order, parent, changeId, lost } = write;
    const stored: StoredVersion = { version, state, order, contentSince };
    if (!lost) {
      this.#countChild(path, (state.kind === 'tombstone' ? 0 : 1) - (this.#isLive(path) ? 1 : 0));
      this.#heads.set(path, stored);
    }
    this.#versions.set(`${version} ${path}`, stored);
    this.writes.push({ ordinal, path, state, order, contentSince, parent, changeId, lost });
    return version;
  }

  #isLive(path: RelativePath): boolean {
    const head = this.head(path);
    return head !== null && head.state.kind !== 'tombstone';
  }

  #countChild(path: RelativePath, change: number): void {
    const folder = parentOf(path);
    if (folder !== null && change !== 0) this.#childrenChange.set(folder, (this.#childrenChange.get(folder) ?? 0) + change);
  }
}
