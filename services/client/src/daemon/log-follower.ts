import type { Seq, SyncEvent } from '@syncpair/contracts';
import type { Pusher } from '../negotiate/pusher.ts';
import { appliedSeq, negotiate, noteConflicts, noteHolds, pull } from '../negotiate/negotiator.ts';
import { replayLog } from '../negotiate/replay-log.ts';
import { heal } from '../transfer/heal.ts';
import type { Engine } from './engine.ts';
import type { Merger } from './merger.ts';

/** Milliseconds after an apply before the server is told, so that one report covers many. */
const REPORT_AFTER_MS = 50;

/** Follows the server's log: by its events while the stream is up, by asking otherwise; and tells the server how far this disk is. */
export class LogFollower {
  /** True while the log is being read: what it tells is not known yet. */
  pulling = false;
  readonly #engine: Engine;
  readonly #pusher: Pusher;
  readonly #merger: Merger;
  #pulledAt: string | null = null;
  #streamUp = false;
  #toldApplied: Seq = -1;
  #appliedAt = 0;
  readonly #onFirstPull: () => void;

  constructor(engine: Engine, pusher: Pusher, merger: Merger, onFirstPull: () => void) {
    this.#onFirstPull = onFirstPull;
    this.#engine = engine;
    this.#pusher = pusher;
    this.#merger = merger;
  }

  /** ISO 8601: when the log was last read to its end or found read. */
  get pulledAt(): string | null {
    return this.#pulledAt;
  }

  get isStreaming(): boolean {
    return this.#streamUp;
  }

  /** The log is to be read, whatever the events tell. */
  wantPull(): void {
    this.#engine.pullWanted = true;
    this.#engine.wake();
  }

  /** Takes what the event stream tells of this directory. */
  onEvent(event: SyncEvent): void {
    const engine = this.#engine;
    if (event.type === 'head') this.#streamUp = true;
    noteHolds(engine, event.holds);
    if (event.epoch !== engine.state.fact('epoch') || !this.#merger.idle) {
      this.wantPull();
      return;
    }
    if (event.seq > engine.head) engine.head = event.seq;
    if (event.type === 'head') {
      if (event.seq !== engine.state.cursor || !this.#isOwnHistory(event.mark)) this.wantPull();
      else this.#pusher.streaming = true;
      engine.connection.retryNow();
    } else if (event.previous === engine.state.cursor && this.#isOwnHistory(event.previous_mark)) {
      for (const [hash, content] of Object.entries(event.contents))
        engine.contents.put(hash as Parameters<typeof engine.contents.put>[0], Buffer.from(content, 'base64'));
      noteConflicts(engine, event.conflicts);
      replayLog(engine, event.commits, event.seq);
    } else if (event.seq > engine.state.cursor || event.previous === engine.state.cursor) this.wantPull();
    engine.wake();
  }

  /** The stream is down: until it is back, what others do is found by asking, and so is whether the server is there at all. */
  onStreamDown(): void {
    if (this.#streamUp) this.wantPull();
    this.#streamUp = false;
    this.#pusher.streaming = false;
  }

  /** Reads the log when that is wanted, or reports how far this disk is. @returns whether there was anything to do */
  async step(): Promise<boolean> {
    const engine = this.#engine;
    if (engine.pullWanted && engine.ownMoves.length === 0) {
      await this.#pull();
      return true;
    }
    const due = this.nextDue();
    if (due === null || due > engine.clock.monotonic()) return false;
    const applied = appliedSeq(engine);
    await negotiate(engine, { changes: [], pull: false });
    this.#toldApplied = applied;
    this.#appliedAt = 0;
    return true;
  }

  /** When the server is to be told how far this disk is (monotonic milliseconds); null when it knows. */
  nextDue(): number | null {
    if (appliedSeq(this.#engine) <= this.#toldApplied) return null;
    if (this.#appliedAt === 0) this.#appliedAt = this.#engine.clock.monotonic();
    return this.#appliedAt + REPORT_AFTER_MS;
  }

  /** Whether the commit at the cursor is, by its mark, the one that was read here; where one side knows no mark nothing speaks against it. */
  #isOwnHistory(mark: string | null | undefined): boolean {
    const own = this.#engine.state.fact('mark');
    return own === null || mark === undefined || mark === own;
  }

  async #pull(): Promise<void> {
    const engine = this.#engine;
    engine.pullWanted = false;
    this.pulling = true;
    let wanted: Awaited<ReturnType<typeof pull>>;
    try {
      wanted = await pull(engine);
    } catch (error) {
      engine.pullWanted = true;
      throw error;
    } finally {
      this.pulling = false;
    }
    if (this.#pulledAt === null) this.#onFirstPull();
    this.#pulledAt = new Date(engine.clock.wall()).toISOString();
    engine.state.setFact('last_sync', this.#pulledAt);
    if (this.#streamUp && engine.state.cursor >= engine.head) this.#pusher.streaming = true;
    this.#toldApplied = -1;
    engine.wake();
    if (wanted) await heal(engine, wanted);
  }
}
