import type { Scanner } from '../scan/scanner.ts';
import type { Engine } from './engine.ts';
import type { Halt } from './halt.ts';
import type { LogFollower } from './log-follower.ts';
import type { Merger } from './merger.ts';

/** Upcoming heads that are looked at to tell whether all of them wait for a person; more than that is work. */
const MOST_WAITING = 1_000;

/** How far a directory is, as far as can be known here. */
export class Progress {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #merger: Merger;
  readonly #follower: LogFollower;
  readonly #halt: Halt;

  constructor(engine: Engine, parts: { scanner: Scanner; merger: Merger; follower: LogFollower; halt: Halt }) {
    this.#engine = engine;
    this.#scanner = parts.scanner;
    this.#merger = parts.merger;
    this.#follower = parts.follower;
    this.#halt = parts.halt;
  }

  /** True once every folder was looked at since the start, or since rules or the server's history changed. */
  get isComplete(): boolean {
    return this.#scanner.complete && this.#merger.idle && this.#halt.reason === null;
  }

  get isScanned(): boolean {
    return this.isComplete && this.#scanner.idle;
  }

  /** True when, as far as can be known, disk and server are the same and nothing is under way. */
  get isSettled(): boolean {
    const { state, changes, head } = this.#engine;
    return (
      this.isScanned &&
      this.#isHeard &&
      this.#follower.pulledAt !== null &&
      state.cursor >= head &&
      changes.puts.size === 0 &&
      changes.moves.length === 0 &&
      changes.deletes.size === 0 &&
      state.remote.oldestSeq() === null &&
      this.#nothingUnderWay
    );
  }

  /** True when all that is left has a problem that only waiting or a person can mend. */
  get isStuck(): boolean {
    const { changes, problems, state } = this.#engine;
    if (!this.#scanner.complete || !this.#scanner.idle || !this.#merger.idle || !this.#isHeard || this.#follower.pulling) return false;
    if (!this.#nothingUnderWay || changes.moves.length > 0) return false;
    const waits = (path: string): boolean => problems.get(path) !== null;
    return (
      [...changes.puts.keys()].every(waits) &&
      [...changes.deletes].every(waits) &&
      state.remote.after('', MOST_WAITING).every(({ path }) => waits(path))
    );
  }

  get #isHeard(): boolean {
    const { connection, pullWanted, headsWanted } = this.#engine;
    return connection.isUp && !pullWanted && !headsWanted;
  }

  get #nothingUnderWay(): boolean {
    return this.#engine.pushing.size === 0 && this.#engine.applying.size === 0;
  }
}
