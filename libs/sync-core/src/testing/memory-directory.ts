import {
  type Change,
  type ContentHash,
  type Outcome,
  type RelativePath,
  type VersionId,
  isBelow,
  parentOf,
  versionId,
} from '@syncpair/contracts';
import { decideCommit } from '../commit/decide-commit.ts';
import type { AnsweredChange, ConflictWrite, DirectoryView, StoredVersion, VersionWrite } from '../commit/stored-version.ts';
import { formerVersions } from './former-versions.ts';

type Edit = Exclude<Change, { op: 'move' }>;

export interface CommitOptions {
  readonly device?: string;
  /** The `client_id`; the device when left out. */
  readonly author?: string;
  /** Nanoseconds since 1970. */
  readonly now?: bigint;
  readonly conflictCopies?: boolean;
  readonly strict?: boolean;
  readonly joins?: boolean;
  /** Contents that the server lacks. */
  readonly missing?: ReadonlySet<ContentHash>;
}

/** A directory as a server keeps it, in memory: heads, versions, conflicts, and which change was answered with what. */
export class MemoryDirectory {
  readonly heads = new Map<RelativePath, StoredVersion>();
  readonly versions: (VersionWrite & { readonly version: VersionId })[] = [];
  readonly conflicts: ConflictWrite[] = [];
  readonly #answers = new Map<string, AnsweredChange>();
  seq = 0;

  view(device: string): DirectoryView {
    return {
      head: (path) => this.heads.get(path) ?? null,
      version: (path, id) => this.stored(path, id),
      liveChildren: (folder) =>
        [...this.heads].filter(([path, { state }]) => state.kind !== 'tombstone' && parentOf(path) === folder).length,
      former: (path, entry) => formerVersions(this.versions, path, entry),
      answered: (changeId) => this.#answers.get(`${device} ${changeId}`) ?? null,
    };
  }

  /** Decides the changes as one commit and stores what is decided. */
  commit(changes: readonly Edit[], options: CommitOptions = {}): readonly Outcome[] {
    const {
      device = 'device',
      author = device,
      now = 0n,
      conflictCopies = false,
      strict = false,
      joins = false,
      missing = new Set(),
    } = options;
    const seq = this.seq + 1;
    const decision = decideCommit(this.view(device), changes, {
      seq,
      firstOrdinal: 0,
      now,
      author,
      contentSize: (hash) => (missing.has(hash) ? null : 1),
      conflictCopies,
      strict,
      joins,
    });
    if (decision.writes.length > 0) this.seq = seq;
    this.conflicts.push(...decision.conflicts);
    for (const write of decision.writes) this.#store(device, { ...write, version: versionId(seq, write.ordinal) });
    return decision.outcomes;
  }

  stored(path: RelativePath, id: VersionId): StoredVersion | null {
    return this.versions.find((version) => version.path === path && version.version === id) ?? null;
  }

  /** Paths that hold something, in order. */
  live(below?: RelativePath): RelativePath[] {
    return [...this.heads]
      .filter(([path, { state }]) => state.kind !== 'tombstone' && (below === undefined || isBelow(path, below)))
      .map(([path]) => path)
      .sort();
  }

  #store(device: string, write: VersionWrite & { readonly version: VersionId }): void {
    this.versions.push(write);
    if (!write.lost) this.heads.set(write.path, write);
    if (write.changeId === null) return;
    const id = `c${write.version}`;
    const conflict = this.conflicts.some((known) => known.id === id) ? id : null;
    this.#answers.set(`${device} ${write.changeId}`, { path: write.path, version: write, conflict, lost: write.lost });
  }
}
