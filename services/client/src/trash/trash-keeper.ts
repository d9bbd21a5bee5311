import type { ContentHash } from '@syncpair/contracts';
import type { Logger } from '../log/logger.ts';
import type { Clock } from '../runtime/clock.ts';
import { TRASH_BOUNDS, chooseExpendable } from './choose-expendable.ts';
import { dropItem } from './drop-item.ts';
import { hashOfFile } from './hash-of-file.ts';
import { listTrash } from './list-trash.ts';

/** Milliseconds after the start, and then between two looks. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 6 * 3_600_000;

export interface TrashKeeperParts {
  readonly name: string;
  readonly localPath: string;
  /** Which of the contents the server would give back. Rejects when it does not answer. */
  readonly onServer: (contents: readonly ContentHash[]) => Promise<ReadonlySet<ContentHash>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps the trash of a directory within its bounds, and never drops what the server does not have. */
export class TrashKeeper {
  readonly #parts: TrashKeeperParts;
  #cancel: () => void = () => undefined;
  #told = 0;

  constructor(parts: TrashKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#after(FIRST_LOOK_MS);
  }

  stop(): void {
    this.#cancel();
  }

  /** Drops what may go. @returns how many could not, because only this machine has them @throws {ServerError}; system errors */
  async look(): Promise<number> {
    const { localPath, onServer, clock, log, name } = this.#parts;
    const expendable = chooseExpendable(await listTrash(localPath), TRASH_BOUNDS, clock.wall());
    const hashed = await Promise.all(expendable.map(async (item) => ({ item, hash: await hashOfFile(item.file) })));
    const there = hashed.length === 0 ? new Set() : await onServer(hashed.map(({ hash }) => hash));
    for (const { item, hash } of hashed) if (there.has(hash)) await dropItem(item);
    const kept = hashed.filter(({ hash }) => !there.has(hash)).length;
    if (kept > this.#told)
      log.warn(`${name}: the trash is full or old, but ${kept} files in it are nowhere else; see "syncpair trash list"`);
    this.#told = kept;
    return kept;
  }

  #after(ms: number): void {
    const { clock, log, name } = this.#parts;
    this.#cancel = clock.after(ms, () => {
      this.look()
        .catch((error: unknown) => log.debug(`${name}: the trash was not looked at: ${(error as Error).message}`))
        .finally(() => this.#after(LOOK_MS));
    });
  }
}
