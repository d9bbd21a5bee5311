import {
  type Conflict,
  type ConflictChoice,
  type ConflictsResponse,
  type DirectoryRef,
  DomainError,
  type RelativePath,
  type ResolveResponse,
  type VersionId,
  directoryKey,
  parseVersionId,
} from '@syncpair/contracts';
import { conflictCopyPath } from '@syncpair/sync-core';
import type { Database } from '../database/database.ts';
import type { HistoryService } from '../history/history.service.ts';
import { closeConflict, readConflict, readConflicts } from '../store/conflict-repository.ts';
import { type Directory, findDirectory } from '../store/directory-repository.ts';
import { followMoves } from '../store/history-repository.ts';
import { readVersion } from '../store/state-repository.ts';

/** Commits that may come in between before a resolution gives up. */
const ATTEMPTS = 5;

/** Conflicts as objects: listed with both sides, and resolved. */
export class ConflictsService {
  readonly #database: Database;
  readonly #history: HistoryService;
  readonly #clock: () => number;

  constructor(database: Database, history: HistoryService, clock: () => number) {
    this.#database = database;
    this.#history = history;
    this.#clock = clock;
  }

  async list(ref: DirectoryRef, resolvedToo: boolean): Promise<ConflictsResponse> {
    const directory = await findDirectory(this.#database, directoryKey(ref));
    return { conflicts: directory === null ? [] : await readConflicts(this.#database, directory.id, resolvedToo) };
  }

  /** @throws {DomainError} `not_found` */
  async get(ref: DirectoryRef, id: string): Promise<Conflict> {
    return (await this.#find(ref, id)).conflict;
  }

  /** @throws {DomainError} `not_found`; `conflict` where the loser cannot take the path. */
  async resolve(ref: DirectoryRef, id: string, choice: ConflictChoice): Promise<ResolveResponse> {
    const { directory, at, conflict } = await this.#find(ref, id);
    if (conflict.resolved !== null) return { conflict, written: [] };
    const written = choice === 'winner' ? [] : await this.#writeLoser(ref, directory, conflict, choice);
    const resolved = { choice, by: ref.client_id, at: new Date(this.#clock()) };
    await this.#database.transaction('write', (transaction) => closeConflict(transaction, directory.id, at, resolved));
    return { conflict: (await this.#find(ref, id)).conflict, written };
  }

  async #writeLoser(ref: DirectoryRef, directory: Directory, conflict: Conflict, choice: 'loser' | 'both'): Promise<string[]> {
    const version = conflict.loser.version as VersionId;
    const path = conflict.path as RelativePath;
    const loser = await readVersion(this.#database, directory.id, { path, version });
    if (loser === null || loser.state.kind === 'tombstone') throw new DomainError('not_found', `version ${version} is gone`, path);
    const here = await followMoves(this.#database, directory.id, path, conflict.id.slice(1) as VersionId);
    const target = choice === 'loser' ? here : conflictCopyPath(here, conflict.loser.author, version);
    const origin = { call: 'resolve', restored: new Map([[target, version]]) } as const;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const done = await this.#history.put({ ref, directory, path: target, entry: loser.state, origin });
      if (done !== null) return done.changed ? [target] : [];
    }
    throw new DomainError('conflict', 'the path keeps changing; ask again', target);
  }

  async #find(ref: DirectoryRef, id: string): Promise<{ directory: Directory; at: VersionId; conflict: Conflict }> {
    const at = parseVersionId(id.startsWith('c') ? id.slice(1) : '');
    const directory = at.ok ? await findDirectory(this.#database, directoryKey(ref)) : null;
    const conflict = at.ok && directory !== null ? await readConflict(this.#database, directory.id, at.value) : null;
    if (!at.ok || directory === null || conflict === null) throw new DomainError('not_found', `no conflict "${id}" in this directory`);
    return { directory, at: at.value, conflict };
  }
}
