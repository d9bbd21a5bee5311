import { randomBytes } from 'node:crypto';
import type { RelativePath } from '@syncpair/contracts';
import type { Transaction } from '../database/database.ts';
import {
  type HeldPath,
  addHeldPaths,
  findOpenHold,
  insertHold,
  readFoldersOfHeld,
  readHeldAmong,
  touchHolds,
} from '../store/hold-repository.ts';

/** The hold that takes a device's deletions, with what one transaction adds to it. */
export interface GrowingHold {
  readonly id: string;
  readonly device: string;
  /** Of a new one: who and why; null for one that waits already. */
  readonly begun: { readonly client: string; readonly reason: string; readonly live: number } | null;
  readonly added: Map<RelativePath, HeldPath>;
}

/** The open holds of the server's guard in one directory, for one transaction that has the directory's lock. */
export class GrowingHolds {
  readonly #transaction: Transaction;
  readonly #directory: number;
  readonly #byDevice = new Map<string, GrowingHold | null>();

  constructor(transaction: Transaction, directory: number) {
    this.#transaction = transaction;
    this.#directory = directory;
  }

  /** The open hold of a device, null when it has none. */
  async of(device: string): Promise<GrowingHold | null> {
    const known = this.#byDevice.get(device);
    if (known !== undefined) return known;
    const id = await findOpenHold(this.#transaction, this.#directory, device);
    const hold = id === null ? null : { id, device, begun: null, added: new Map() };
    this.#byDevice.set(device, hold);
    return hold;
  }

  /** The open hold of a device, a new one if need be. */
  async begin(device: string, begun: NonNullable<GrowingHold['begun']>): Promise<GrowingHold> {
    const known = await this.of(device);
    if (known !== null) return known;
    const hold = { id: `h${randomBytes(9).toString('base64url')}`, device, begun, added: new Map<RelativePath, HeldPath>() };
    this.#byDevice.set(device, hold);
    return hold;
  }

  /** Which of the paths the hold has already. */
  async heldAmong(hold: GrowingHold, paths: readonly RelativePath[]): Promise<Set<RelativePath>> {
    const held = hold.begun === null ? await readHeldAmong(this.#transaction, this.#directory, hold.id, paths) : new Set<RelativePath>();
    for (const path of paths) if (hold.added.has(path)) held.add(path);
    return held;
  }

  /** Which of the folders have something in the hold, what this transaction adds left out. */
  async foldersAmong(hold: GrowingHold, folders: readonly RelativePath[]): Promise<Set<RelativePath>> {
    if (hold.begun !== null || folders.length === 0) return new Set();
    return readFoldersOfHeld(this.#transaction, this.#directory, hold.id, folders);
  }

  /** Stores what was added. @returns how many holds are new, null when nothing was added to any */
  async settle(now: number): Promise<number | null> {
    const changed = [...this.#byDevice.values()].filter((hold): hold is GrowingHold => hold !== null && hold.added.size > 0);
    if (changed.length === 0) return null;
    for (const { id, device, begun, added } of changed) {
      if (begun !== null)
        await insertHold(this.#transaction, this.#directory, { id, kind: 'deletions', origin: 'server', device, ...begun }, new Date(now));
      await addHeldPaths(this.#transaction, this.#directory, id, [...added.values()]);
    }
    const opened = changed.filter(({ begun }) => begun !== null).length;
    await touchHolds(this.#transaction, this.#directory, opened);
    return opened;
  }
}
