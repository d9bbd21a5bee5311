import { type RelativePath, type Seq, type VersionId, parentOf, versionId } from '@syncpair/contracts';
import type { NamedContent } from '../store/read-former-versions.ts';
import type { AnsweredChange, ConflictWrite, DirectoryView, FormerVersion, StoredVersion, VersionWrite } from '@syncpair/sync-core';

/** What a decision asked for that was not read yet. */
export interface Missing {
  readonly heads: ReadonlySet<RelativePath>;
  readonly versions: ReadonlyMap<string, { readonly path: RelativePath; readonly version: VersionId }>;
  readonly children: ReadonlySet<RelativePath>;
  /** Contents that a path may have had. */
  readonly contents: ReadonlyMap<string, NamedContent>;
}

/**
 * The part of a directory that one transaction has read, with the transaction's own writes on top.
 *
 * A question about something unread is answered as if nothing were there, and noted in `missing`: the caller reads it and decides again.
 * So a decision never depends on a guess about what it will ask.
 */
export class DirectoryState {
  readonly #heads = new Map<RelativePath, StoredVersion | null>();
  readonly #versions = new Map<string, StoredVersion | null>();
  readonly #children = new Map<RelativePath, number>();
  readonly #childrenChange = new Map<RelativePath, number>();
  readonly #answered = new Map<string, AnsweredChange>();
  readonly #missing = {
    heads: new Set<RelativePath>(),
    versions: new Map<string, { path: RelativePath; version: VersionId }>(),
    children: new Set<RelativePath>(),
    contents: new Map<string, NamedContent>(),
  };
  readonly #former = new Map<string, readonly FormerVersion[]>();

  /** The state as the changes of one device see it: change ids are unique per device only. */
  viewFor(device: string): DirectoryView {
    return {
      head: (path) => this.head(path),
      version: (path, id) => this.#version(path, id),
      liveChildren: (folder) => this.#liveChildren(folder),
      former: (path, entry) => this.#formerOf({ path, entry }),
      answered: (changeId) => this.#answered.get(`${device} ${changeId}`) ?? null,
    };
  }

  head(path: RelativePath): StoredVersion | null {
    const known = this.#heads.get(path);
    if (known === undefined) this.#missing.heads.add(path);
    return known ?? null;
  }

  /** True when the head of this path was read. */
  knows(path: RelativePath): boolean {
    return this.#heads.has(path);
  }

  /** Hands over what was asked for in vain, and forgets it; null when there is nothing. */
  takeMissing(): Missing | null {
    const { heads, versions, children, contents } = this.#missing;
    if (heads.size + versions.size + children.size + contents.size === 0) return null;
    const taken = { heads: new Set(heads), versions: new Map(versions), children: new Set(children), contents: new Map(contents) };
    contents.clear();
    heads.clear();
    versions.clear();
    children.clear();
    return taken;
  }

  /** The head that was read; what the transaction has written on top of it stays. */
  setHead(path: RelativePath, found: StoredVersion | null): void {
    if (!this.#heads.has(path)) this.#heads.set(path, found);
  }

  setVersion(path: RelativePath, id: VersionId, version: StoredVersion | null): void {
    this.#versions.set(`${id} ${path}`, version);
  }

  setFormer(content: NamedContent, versions: readonly FormerVersion[]): void {
    this.#former.set(keyOf(content), versions);
  }

  setChildren(folder: RelativePath, count: number): void {
    this.#children.set(folder, count);
  }

  setAnswered(device: string, changeId: string, answer: AnsweredChange): void {
    this.#answered.set(`${device} ${changeId}`, answer);
  }

  /** Puts the writes of a decision on top. */
  apply(device: string, seq: Seq, writes: readonly VersionWrite[], conflicts: readonly ConflictWrite[]): void {
    const conflictIds = new Set(conflicts.map(({ id }) => id));
    for (const write of writes) {
      const stored = { version: versionId(seq, write.ordinal), state: write.state, order: write.order, contentSince: write.contentSince };
      if (!write.lost) this.#writeHead(write.path, stored);
      this.#versions.set(`${stored.version} ${write.path}`, stored);
      if (write.changeId !== null) {
        const id = `c${stored.version}`;
        const conflict = conflictIds.has(id) ? id : null;
        this.setAnswered(device, write.changeId, { path: write.path, version: stored, conflict, lost: write.lost });
      }
    }
  }

  #writeHead(path: RelativePath, stored: StoredVersion): void {
    const before = this.#heads.get(path) ?? null;
    const change = (stored.state.kind === 'tombstone' ? 0 : 1) - (before === null || before.state.kind === 'tombstone' ? 0 : 1);
    this.#heads.set(path, stored);
    const folder = parentOf(path);
    if (folder !== null && change !== 0) this.#childrenChange.set(folder, (this.#childrenChange.get(folder) ?? 0) + change);
  }

  #version(path: RelativePath, id: VersionId): StoredVersion | null {
    const head = this.#heads.get(path);
    if (head?.version === id) return head;
    const known = this.#versions.get(`${id} ${path}`);
    if (known === undefined) this.#missing.versions.set(`${id} ${path}`, { path, version: id });
    return known ?? null;
  }

  #formerOf(content: NamedContent): readonly FormerVersion[] {
    const known = this.#former.get(keyOf(content));
    if (known === undefined) this.#missing.contents.set(keyOf(content), content);
    return known ?? [];
  }

  #liveChildren(folder: RelativePath): number {
    const read = this.#children.get(folder);
    if (read === undefined) this.#missing.children.add(folder);
    return (read ?? 0) + (this.#childrenChange.get(folder) ?? 0);
  }
}

const keyOf = ({ path, entry }: NamedContent): string => `${entry.kind === 'file' ? entry.hash : entry.target} ${path}`;
