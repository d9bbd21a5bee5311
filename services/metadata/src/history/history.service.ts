import { randomUUID } from 'node:crypto';
import {
  type DirectoryRef,
  DomainError,
  type Entry,
  type HistoryResponse,
  type RelativePath,
  type RestoreResponse,
  type VersionId,
  directoryKey,
  sameState,
} from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { contentsOfDirectory } from '../store/content-repository.ts';
import { type Directory, findDirectory } from '../store/directory-repository.ts';
import { type HistoryPlace, readDirectoryHistory, readPathHistory } from '../store/history-repository.ts';
import { countLiveChildren, readHeads, readVersion } from '../store/state-repository.ts';
import type { CallCommits } from '../sync/call-commits.ts';
import type { CommitOrigin } from '../sync/commit-job.ts';
import { encodePlace } from './history-cursor.ts';

/** Commits that may come in between before a restore gives up. */
const ATTEMPTS = 5;

/** Versions of a directory: listed, and made the head again. */
export class HistoryService {
  readonly #db: Queryable;
  readonly #commits: CallCommits;

  constructor(db: Queryable, commits: CallCommits) {
    this.#db = db;
    this.#commits = commits;
  }

  async list(ref: DirectoryRef, path: RelativePath | null, before: HistoryPlace | null, limit: number): Promise<HistoryResponse> {
    const directory = await findDirectory(this.#db, directoryKey(ref));
    if (directory === null) return { versions: [], next: null };
    const versions =
      path === null
        ? await readDirectoryHistory(this.#db, directory.id, before, limit)
        : await readPathHistory(this.#db, directory.id, path, before, limit);
    const last = versions.at(-1);
    if (last === undefined || versions.length < limit) return { versions, next: null };
    const [seq, ordinal] = last.version.split('.').map(Number);
    return { versions, next: encodePlace({ seq: seq as number, ordinal: ordinal as number, path: last.path }) };
  }

  /** @throws {DomainError} `not_found`; `conflict` where a folder with contents lies in the way. */
  async restore(ref: DirectoryRef, path: RelativePath, version: VersionId): Promise<RestoreResponse> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const directory = await findDirectory(this.#db, directoryKey(ref));
      const old = directory === null ? null : await readVersion(this.#db, directory.id, { path, version });
      if (directory === null || old === null) throw new DomainError('not_found', `no version ${version} of this path`, path);
      if (old.state.kind === 'tombstone')
        throw new DomainError('invalid_request', `version ${version} is a deletion; name one before it`, path);
      const origin = { call: 'restore', restored: new Map([[path, version]]) } as const;
      const done = await this.put({ ref, directory, path, entry: old.state, origin });
      if (done !== null) return { path, ...done, restored_from: version };
    }
    throw new DomainError('conflict', 'the path keeps changing; ask again', path);
  }

  /** Makes an entry, whose content the directory has, the head of a path; null when somebody else was faster. */
  async put(wanted: {
    readonly ref: DirectoryRef;
    readonly directory: Directory;
    readonly path: RelativePath;
    readonly entry: Entry;
    readonly origin: CommitOrigin;
  }): Promise<{ readonly version: VersionId; readonly changed: boolean } | null> {
    const { ref, directory, path, entry, origin } = wanted;
    const head = (await readHeads(this.#db, directory.id, [path])).get(path);
    if (head !== undefined && sameState(head.state, entry)) return { version: head.version, changed: false };
    if (head?.state.kind === 'dir' && ((await countLiveChildren(this.#db, directory.id, [path])).get(path) ?? 0) > 0) {
      throw new DomainError('conflict', 'a folder with contents lies at this path; move it away first', path);
    }
    const stored = entry.kind === 'file' ? await contentsOfDirectory(this.#db, directory.id, [entry.hash]) : [];
    const changes = [{ op: 'put', id: randomUUID(), path, base: head?.version ?? null, entry }] as const;
    const contents = new Map(stored.map((content) => [content.hash, content]));
    const [outcome] = await this.#commits.commit({ ref, directory, changes, contents, origin, strict: true });
    switch (outcome?.status) {
      case 'committed':
        return outcome.conflict === null ? { version: outcome.version, changed: true } : null;
      case 'merged':
        return { version: outcome.head.version, changed: true };
      case 'needs_content':
        throw new DomainError('not_found', 'the content of this version is not on the server any more', path);
      default:
        return null;
    }
  }
}
