import { type RootIdentity, RootLostError } from '../disk/disk.ts';
import type { Engine } from './engine.ts';
import type { Timers } from './timers.ts';

/** Milliseconds between two looks for a root that was lost. */
const ROOT_RETRY_MS = 2_000;

/** Proves that the folder is still the one that the base is about, and rests the directory while it is not. */
export class Halt {
  /** Why nothing is done at the moment, in words for the user; null while work goes on. */
  reason: string | null = null;
  readonly #engine: Engine;
  readonly #root: RootIdentity;
  readonly #timers: Timers;
  readonly #onResume: () => void;

  /** `onResume` is called each time the folder is back. */
  constructor(engine: Engine, root: RootIdentity, timers: Timers, onResume: () => void) {
    this.#engine = engine;
    this.#root = root;
    this.#timers = timers;
    this.#onResume = onResume;
  }

  /** @throws {RootLostError} when the folder is gone or another lies in its place */
  async prove(): Promise<void> {
    const root = await this.#engine.disk.identify();
    if (root.device !== this.#root.device || root.inode !== this.#root.inode)
      throw new RootLostError(`another folder lies at ${this.#engine.config.localPath}`);
  }

  /** Rests the directory until the folder is proved again. */
  halt(reason: string): void {
    const { log, config, wake } = this.#engine;
    if (this.reason !== null) return;
    this.reason = reason;
    log.error(`${config.name} is halted: ${reason}. Nothing counts as deleted; it goes on by itself when the folder is back`);
    const retry = (): void => {
      this.prove().then(
        () => {
          this.reason = null;
          log.info(`${config.name} goes on: the folder is back`);
          this.#onResume();
        },
        () => this.#timers.after(ROOT_RETRY_MS, retry),
      );
    };
    this.#timers.after(ROOT_RETRY_MS, retry);
    wake();
  }
}
