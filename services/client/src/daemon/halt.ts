import { type RootIdentity, RootLostError } from '../disk/disk.ts';
import type { OtherServerError } from '../identity/prove-server.ts';
import { negotiate, RejoinNeeded } from '../negotiate/negotiator.ts';
import type { Engine } from './engine.ts';
import type { Timers } from './timers.ts';

/** Milliseconds between two looks whether what was lost is back. */
const RETRY_MS = 2_000;

/** What a directory rests for. */
interface Rest {
  readonly code: 'root_missing' | 'other_server';
  /** What holds meanwhile and what ends it, in words for the user. */
  readonly advice: string;
  readonly back: string;
  /** Rejects as long as the cause is there. */
  readonly ended: () => Promise<unknown>;
}

/** Proves that the folder is still the one that the base is about, and rests the directory while it or the server is another one. */
export class Halt {
  /** Why nothing is done at the moment, in words for the user; null while work goes on. */
  reason: string | null = null;
  /** The error code of `reason`. */
  code: Rest['code'] | null = null;
  readonly #engine: Engine;
  readonly #root: RootIdentity;
  readonly #timers: Timers;
  readonly #onResume: () => void;

  /** `onResume` is called each time the folder or the server is back. */
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

  /** Rests the directory until the cause has ended. */
  halt(cause: RootLostError | OtherServerError): void {
    const { log, config, wake } = this.#engine;
    if (this.reason !== null) return;
    const rest = cause instanceof RootLostError ? this.#rootRest() : this.#serverRest();
    this.reason = `${cause.message}. ${rest.advice}`;
    this.code = rest.code;
    log.error(`${config.name} is halted: ${this.reason}`);
    const retry = (): void => {
      rest.ended().then(
        () => {
          this.reason = null;
          this.code = null;
          log.info(`${config.name} goes on: ${rest.back}`);
          this.#onResume();
        },
        () => this.#timers.after(RETRY_MS, retry),
      );
    };
    this.#timers.after(RETRY_MS, retry);
    wake();
  }

  #rootRest(): Rest {
    return {
      code: 'root_missing',
      advice: 'Nothing counts as deleted; it goes on by itself when the folder is back',
      back: 'the folder is back',
      ended: () => this.prove(),
    };
  }

  #serverRest(): Rest {
    const { config } = this.#engine;
    return {
      code: 'other_server',
      advice: `Nothing is sent to it and nothing is deleted here; it goes on by itself when the right one is back. If this server is meant, say so: syncpair join --directory ${config.name} --file CONFIG`,
      back: 'the server is the right one',
      ended: () => this.#isRightServer(),
    };
  }

  async #isRightServer(): Promise<void> {
    try {
      await negotiate(this.#engine, { changes: [], pull: false });
    } catch (error) {
      // The right one may have another history meanwhile, which is a matter of its own.
      if (!(error instanceof RejoinNeeded)) throw error;
    }
  }
}
