import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Change, changeSchema, encodeChange } from '@syncpair/contracts';

/** A change that was told to the server and whose answer is not recorded, with the stamp and inode of the object that it was read from. */
export interface OutboxEntry {
  readonly change: Change;
  /** Null for a deletion. */
  readonly read: { readonly stamp: string; readonly inode: bigint } | null;
}

interface Row {
  readonly change: string;
  readonly stamp: string | null;
  readonly inode: string | null;
}

/**
 * What was told to the server and not answered yet. A client that was killed asks again with the same ids, so that what it says next is told
 * from what the server made of it, and never competes with it. Synchronous; callers group writes in a transaction of the state.
 */
export class OutboxStore {
  readonly #all: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare('SELECT change, stamp, inode FROM outbox ORDER BY position');
    this.#put = database.prepare('INSERT OR REPLACE INTO outbox (id, change, stamp, inode) VALUES (?, ?, ?, ?)');
    this.#remove = database.prepare('DELETE FROM outbox WHERE id = ?');
  }

  /** In the order in which they were told. */
  list(): OutboxEntry[] {
    return (this.#all.all() as unknown as Row[]).map(({ change, stamp, inode }) => ({
      change: changeSchema.parse(JSON.parse(change)),
      read: stamp === null || inode === null ? null : { stamp, inode: BigInt(inode) },
    }));
  }

  put({ change, read }: OutboxEntry): void {
    this.#put.run(change.id, JSON.stringify(encodeChange(change)), read?.stamp ?? null, read?.inode.toString() ?? null);
  }

  remove(id: string): void {
    this.#remove.run(id);
  }
}
