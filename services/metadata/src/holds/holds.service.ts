import {
  type DirectoryRef,
  DomainError,
  type Hold,
  type HoldDecision,
  type HoldKind,
  type HoldState,
  type HoldsResponse,
  type RelativePath,
  directoryKey,
} from '@syncpair/contracts';
import type { HoldLimits } from '@syncpair/sync-core';
import type { Database, Transaction } from '../database/database.ts';
import { forgetDeletions } from '../store/deletion-count-repository.ts';
import { type Directory, ensureDirectory, findDirectory, lockDirectory } from '../store/directory-repository.ts';
import { readHoldLimitsSetter, writeHoldLimits } from '../store/hold-limits-repository.ts';
import {
  type HeldPath,
  addHeldPaths,
  closeHold,
  findHold,
  insertHold,
  readHolds,
  releaseHeldPaths,
  touchHolds,
} from '../store/hold-repository.ts';
import type { ApprovedHolds } from './approved-holds.ts';

export interface HoldsParts {
  /** What counts in directories without limits of their own. */
  readonly limits: HoldLimits;
  readonly approved: ApprovedHolds;
  /** Hears of directories whose holds or limits are others now. */
  readonly changed: (directory: Directory) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export interface HoldRegistration {
  readonly device: string;
  readonly id: string;
  readonly kind: HoldKind;
  readonly reason: string;
  readonly live: number;
  readonly paths: readonly HeldPath[];
  readonly released: readonly RelativePath[];
}

/** Milliseconds that an approval's answer waits for its deletions. */
const PATIENCE_MS = 10_000;

/** Changes that wait for a person: one list of each directory for all of its members. */
export class HoldsService {
  readonly #database: Database;
  readonly #parts: HoldsParts;

  constructor(database: Database, parts: HoldsParts) {
    this.#database = database;
    this.#parts = parts;
  }

  async list(ref: DirectoryRef, decidedToo: boolean): Promise<HoldsResponse> {
    const directory = await ensureDirectory(this.#database, ref);
    const [holds, setter] = await Promise.all([
      readHolds(this.#database, directory.id, ref.name, { decidedToo }),
      readHoldLimitsSetter(this.#database, directory.id),
    ]);
    return { holds, revision: directory.holds.revision, limits: directory.holdLimits ?? this.#parts.limits, limits_set: setter };
  }

  /** Takes in what a client holds by itself. */
  async register(ref: DirectoryRef, registration: HoldRegistration): Promise<Hold> {
    const { id, paths, released, ...hold } = registration;
    await this.#change(ref, async (transaction, directory) => {
      const known = await findHold(transaction, directory.id, id);
      if (known !== null && (known.decision !== null || known.device !== hold.device)) return null;
      if (known === null && paths.length === 0) return null;
      const begun = { ...hold, id, origin: 'client', client: ref.client_id } as const;
      const opened = await insertHold(transaction, directory.id, begun, new Date(this.#parts.clock()));
      await addHeldPaths(transaction, directory.id, id, paths);
      if ((await releaseHeldPaths(transaction, directory.id, id, released)) > 0 || paths.length > 0) return opened ? 1 : 0;
      const at = new Date(this.#parts.clock());
      await closeHold(transaction, directory.id, id, { decision: 'reject', by: ref.client_id, at, finished: true });
      return opened ? 0 : -1;
    });
    return this.#get(ref, id);
  }

  /**
   * Decides a hold; the first decision counts. An approval of deletions is carried out before the answer, or goes on after it when it takes
   * long.
   *
   * @throws {DomainError} `not_found`; `conflict` when it was decided otherwise
   */
  async decide(ref: DirectoryRef, id: string, decision: HoldDecision): Promise<Hold> {
    const by = ref.client_id;
    const at = new Date(this.#parts.clock());
    await this.#change(ref, async (transaction, directory) => {
      const hold = await findHold(transaction, directory.id, id);
      if (hold === null) throw noSuchHold(id);
      const carriedOutHere = decision === 'approve' && hold.kind === 'deletions';
      if (!(await closeHold(transaction, directory.id, id, { decision, by, at, finished: !carriedOutHere }))) return null;
      await forgetDeletions(transaction, directory.id, hold.device);
      return -1;
    });
    const hold = await this.#get(ref, id);
    if (hold.decided !== null && hold.decided.decision !== decision) {
      const word = hold.decided.decision === 'approve' ? 'approved' : 'rejected';
      throw new DomainError('conflict', `hold ${id} was ${word} by ${hold.decided.by} at ${hold.decided.at}; the first decision counts`);
    }
    if (hold.decided?.finished !== false) return hold;
    await this.#parts.approved.carryOutWithin(directoryKey(ref), id, PATIENCE_MS);
    return this.#get(ref, id);
  }

  /** Sets the limits of a directory, or with null goes back to the server's own. */
  async setLimits(ref: DirectoryRef, limits: HoldLimits | null): Promise<HoldsResponse> {
    await ensureDirectory(this.#database, ref);
    await this.#change(ref, async (transaction, directory) => {
      await writeHoldLimits(transaction, directory.id, limits, ref.client_id, new Date(this.#parts.clock()));
      return 0;
    });
    return this.list(ref, false);
  }

  /** Changes something under the directory's lock and tells everyone; `work` answers by how many more holds are open, or null for no change. */
  async #change(ref: DirectoryRef, work: (transaction: Transaction, directory: Directory) => Promise<number | null>): Promise<void> {
    await ensureDirectory(this.#database, ref);
    const key = directoryKey(ref);
    const after = await this.#database.transaction('write', async (transaction) => {
      const directory = (await lockDirectory(transaction, key)) as Directory;
      const opened = await work(transaction, directory);
      if (opened === null) return null;
      await touchHolds(transaction, directory.id, opened);
      const holds: HoldState = { open: Math.max(0, directory.holds.open + opened), revision: directory.holds.revision + 1 };
      return { ...directory, holds };
    });
    if (after !== null) this.#parts.changed(after);
  }

  async #get(ref: DirectoryRef, id: string): Promise<Hold> {
    const directory = await findDirectory(this.#database, directoryKey(ref));
    const [hold] = directory === null ? [] : await readHolds(this.#database, directory.id, ref.name, { decidedToo: true, id });
    if (hold === undefined) throw noSuchHold(id);
    return hold;
  }
}

const noSuchHold = (id: string): DomainError => new DomainError('not_found', `no hold "${id}" in this directory`);
