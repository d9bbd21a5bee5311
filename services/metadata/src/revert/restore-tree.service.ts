import {
  type DirectoryRef,
  DomainError,
  type Nanoseconds,
  type RelativePath,
  type RevertResponse,
  type Seq,
  directoryKey,
} from '@syncpair/contracts';
import { decideRestore } from '@syncpair/sync-core';
import type { Database } from '../database/database.ts';
import { momentSeq } from '../history/moment-seq.ts';
import { type Directory, findDirectory } from '../store/directory-repository.ts';
import { readChangedSince } from '../store/revert-repository.ts';
import type { CallCommits } from '../sync/call-commits.ts';
import { carryOut } from './carry-out.ts';
import { tellRevert } from './tell-revert.ts';

/** Paths that one call brings back at most. */
const MAX_PATHS = 500_000;

export interface RestoreTree {
  readonly ref: DirectoryRef;
  /** The folder; null for the whole directory. */
  readonly path: RelativePath | null;
  readonly at: { readonly time: Nanoseconds } | { readonly seq: Seq };
  readonly exact: boolean;
  readonly planOnly: boolean;
}

/** Makes a folder or a whole directory again what it was at a moment. */
export class RestoreTreeService {
  readonly #database: Database;
  readonly #commits: CallCommits;

  constructor(database: Database, commits: CallCommits) {
    this.#database = database;
    this.#commits = commits;
  }

  /** @throws {DomainError} `not_found`, `history_expired`; `too_large` when too many paths differ */
  async restore({ ref, path, at, exact, planOnly }: RestoreTree): Promise<RevertResponse> {
    const { directory, seq, changed } = await this.#database.transaction('snapshot', async (transaction) => {
      const found = await findDirectory(transaction, directoryKey(ref));
      if (found === null) throw new DomainError('not_found', `no directory "${ref.name}"`);
      const moment = await momentSeq(transaction, found, at);
      return { directory: found, seq: moment, changed: await readChangedSince(transaction, found.id, moment, path, MAX_PATHS + 1) };
    });
    if (changed.length > MAX_PATHS) throw tooLarge();
    if (path !== null && changed.length === 0) await this.#refuseUnknown(directory, path);
    const plan = decideRestore(changed, exact);
    if (planOnly) return tellRevert({ done: plan.steps, kept: plan.kept }, { planned: true, seq });
    const parts = { db: this.#database, commits: this.#commits };
    return tellRevert(await carryOut(parts, { ref, directory, plan, call: 'restore' }), { planned: false, seq });
  }

  async #refuseUnknown(directory: Directory, path: RelativePath): Promise<void> {
    const [known] = await readChangedSince(this.#database, directory.id, 0, path, 1);
    if (known === undefined) throw new DomainError('not_found', 'nothing ever was at this path', path);
  }
}

const tooLarge = (): DomainError =>
  new DomainError('too_large', `more than ${MAX_PATHS} paths differ; bring back one folder after the other`);
