import { type DirectoryRef, DomainError, type Nanoseconds, type RevertResponse, directoryKey } from '@syncpair/contracts';
import { type RevertPlan, decideUndo } from '@syncpair/sync-core';
import type { Database, Transaction } from '../database/database.ts';
import { type Directory, findDirectory } from '../store/directory-repository.ts';
import { readClients } from '../store/revert-repository.ts';
import type { CallCommits } from '../sync/call-commits.ts';
import { carryOut } from './carry-out.ts';
import { PresentReader } from './present-reader.ts';
import { readSpan } from './read-span.ts';
import { tellRevert } from './tell-revert.ts';

/** Labels named when one is not known. */
const NAMED_CLIENTS = 50;
const NOTHING: RevertPlan = { steps: [], kept: [] };

export interface Undo {
  readonly ref: DirectoryRef;
  /** Whose work is taken back. */
  readonly client: string;
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  readonly planOnly: boolean;
}

/** Takes back what one client did in a span of time, keeping everybody else's work. */
export class UndoService {
  readonly #database: Database;
  readonly #commits: CallCommits;

  constructor(database: Database, commits: CallCommits) {
    this.#database = database;
    this.#commits = commits;
  }

  /** @throws {DomainError} `not_found` for a directory or client that is not known, `history_expired`, `too_large` */
  async undo({ ref, client, from, to, planOnly }: Undo): Promise<RevertResponse> {
    if (from > to) throw new DomainError('invalid_request', 'from: it is later than to');
    const { directory, plan } = await this.#database.transaction('snapshot', async (transaction) => {
      const found = await findDirectory(transaction, directoryKey(ref));
      if (found === null) throw new DomainError('not_found', `no directory "${ref.name}"`);
      return { directory: found, plan: await planUndo(transaction, found, { client, from, to }) };
    });
    if (planOnly) return tellRevert({ done: plan.steps, kept: plan.kept }, { planned: true, seq: null });
    const parts = { db: this.#database, commits: this.#commits };
    return tellRevert(await carryOut(parts, { ref, directory, plan, call: 'undo' }), { planned: false, seq: null });
  }
}

async function planUndo(
  transaction: Transaction,
  directory: Directory,
  { client, ...time }: { readonly client: string; readonly from: Nanoseconds; readonly to: Nanoseconds },
): Promise<RevertPlan> {
  const read = await readSpan(transaction, directory, client, time);
  if (read === null) {
    await refuseUnknown(transaction, directory, client);
    return NOTHING;
  }
  const present = new PresentReader(transaction, directory.id);
  await present.read(read.paths);
  for (;;) {
    const plan = decideUndo(read.span, present);
    if (!(await present.readMissing())) return plan;
  }
}

async function refuseUnknown(transaction: Transaction, directory: Directory, client: string): Promise<void> {
  const clients = await readClients(transaction, directory.id, NAMED_CLIENTS + 1);
  if (clients.includes(client)) return;
  if (clients.length > NAMED_CLIENTS) clients.splice(NAMED_CLIENTS, 1, '…');
  throw new DomainError('not_found', `no client "${client}" ever changed this directory; those that did: ${clients.join(', ')}`);
}
