import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DirectoryKey, MAX_CHANGES_PER_REQUEST, type Outcome, type RelativePath } from '@syncpair/contracts';
import type { Database } from '../database/database.ts';
import { type Directory, findDirectory, lockDirectory } from '../store/directory-repository.ts';
import {
  type HeldPath,
  type StoredHold,
  findHold,
  forgetOldHolds,
  finishHold,
  readHeldPaths,
  readUnfinishedHolds,
  touchHolds,
} from '../store/hold-repository.ts';
import type { CommitQueue } from '../sync/commit-queue.ts';

/** Milliseconds between two looks for approvals that a replica began and did not end. */
const LOOK_MS = 30_000;

export interface ApprovedHoldsParts {
  readonly queue: CommitQueue;
  /** Hears of directories whose holds are others now. */
  readonly changed: (directory: Directory) => void;
  readonly warn: (message: string) => void;
}

/**
 * Carries out approved deletions. Each is a change with an id of its own, made from the version that was held: begun twice or cut in
 * between it comes to the same, and a path that was edited since is kept.
 */
export class ApprovedHolds {
  readonly #database: Database;
  readonly #parts: ApprovedHoldsParts;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(database: Database, parts: ApprovedHoldsParts) {
    this.#database = database;
    this.#parts = parts;
  }

  /** Ends what another run, or another replica that is gone, left half done; now and from time to time. */
  start(): void {
    const look = (): void =>
      void this.#endUnfinished().catch((error: unknown) => this.#parts.warn(`approved deletions wait: ${(error as Error).message}`));
    look();
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Resolves when the deletions are carried out, or after `patience` milliseconds while they go on. Rejects when they fail before that. */
  async carryOutWithin(key: DirectoryKey, id: string, patience: number): Promise<void> {
    const work = this.carryOut(key, id);
    // Whoever looks for unfinished approvals takes it up again.
    work.catch((error: unknown) => this.#parts.warn(`hold ${id} waits to be carried out: ${(error as Error).message}`));
    const waiting = new AbortController();
    await Promise.race([work, sleep(patience, undefined, { signal: waiting.signal, ref: false })]).finally(() => waiting.abort());
  }

  /** One at a time for each hold, however many ask. */
  carryOut(key: DirectoryKey, id: string): Promise<void> {
    const running = this.#running.get(`${key} ${id}`);
    if (running !== undefined) return running;
    const work = this.#carryOut(key, id).finally(() => this.#running.delete(`${key} ${id}`));
    this.#running.set(`${key} ${id}`, work);
    return work;
  }

  async #carryOut(key: DirectoryKey, id: string): Promise<void> {
    const directory = await findDirectory(this.#database, key);
    const hold = directory === null ? null : await findHold(this.#database, directory.id, id);
    if (directory === null || hold?.decision !== 'approve' || hold.finished) return;
    const counts = { done: 0, kept: 0 };
    let before: RelativePath | null = null;
    for (;;) {
      const page = await readHeldPaths(this.#database, directory.id, id, before, MAX_CHANGES_PER_REQUEST);
      const last = page.at(-1);
      if (last === undefined) break;
      before = last.path;
      for (const outcome of await this.#delete(key, directory, hold, page)) counts[isGone(outcome) ? 'done' : 'kept'] += 1;
    }
    const after = await this.#database.transaction('write', async (transaction) => {
      await lockDirectory(transaction, key);
      await finishHold(transaction, directory.id, id, counts);
      await touchHolds(transaction, directory.id, 0);
      return lockDirectory(transaction, key);
    });
    if (after !== null) this.#parts.changed(after);
  }

  async #delete(key: DirectoryKey, directory: Directory, hold: StoredHold, page: readonly HeldPath[]): Promise<readonly Outcome[]> {
    const result = await this.#parts.queue.commit({
      key,
      device: hold.device,
      author: hold.client,
      epoch: directory.epoch,
      cursor: 0,
      changes: page.map(({ path, version }) => ({ op: 'delete', id: changeId(hold.id, path), path, base: version })),
      contents: new Map(),
      conflictCopies: false,
      approved: true,
    });
    if (result.status === 'rejoin') throw new Error(`the history of ${key} was replaced while hold ${hold.id} was carried out`);
    return result.outcomes;
  }

  async #endUnfinished(): Promise<void> {
    for (const { key, id } of await readUnfinishedHolds(this.#database, LOOK_MS)) await this.carryOut(key, id);
    await forgetOldHolds(this.#database);
  }
}

/** The same for the same path, whoever carries it out. */
const changeId = (hold: string, path: RelativePath): string => hash('sha256', `${hold} ${path}`);

const isGone = (outcome: Outcome): boolean =>
  outcome.status === 'committed' || (outcome.status === 'current' && (outcome.head === null || outcome.head.state.kind === 'tombstone'));
