import type { SyncEvent } from '@syncpair/contracts';
import { Applier } from '../apply/applier.ts';
import { CutReview } from '../crash/cut-review.ts';
import { recogniseApplied } from '../crash/recognise-applied.ts';
import { type RootIdentity, RootLostError } from '../disk/disk.ts';
import { OtherServerError } from '../identity/prove-server.ts';
import { HoldFollower } from '../holds/hold-follower.ts';
import { RejoinNeeded } from '../negotiate/negotiator.ts';
import { Pusher } from '../negotiate/pusher.ts';
import { FullScanSchedule } from '../scan/full-scan-schedule.ts';
import { type IgnoreFile } from '../scan/ignore-file.ts';
import { Scanner } from '../scan/scanner.ts';
import type { HoldServer } from '../server/hold-server.ts';
import type { RenewableWatcher } from '../watch/renewable-watcher.ts';
import type { Connection } from './connection.ts';
import type { Engine } from './engine.ts';
import { Halt } from './halt.ts';
import { Lane } from './lane.ts';
import { LogFollower } from './log-follower.ts';
import { Merger } from './merger.ts';
import { Progress } from './progress.ts';
import { ScanWork } from './scan-work.ts';
import { Surprises } from './surprises.ts';
import { Timers } from './timers.ts';
import type { WakeSignal } from './wake-signal.ts';

/** Large files that travel at the same time, each way. */
const LARGE_LANES = 2;

export interface DirectoryParts {
  readonly engine: Engine;
  readonly signal: WakeSignal;
  /** Wakes the scan alone: a hint of the watcher gives nobody else anything to do. Woken along with `signal`. */
  readonly scanSignal: WakeSignal;
  readonly watcher: RenewableWatcher;
  readonly ignoreFile: IgnoreFile;
  /** Milliseconds before try number `attempt` (0 upwards). */
  readonly delay: (attempt: number) => number;
  /** Null where only this client decides about its holds. */
  readonly holdServer: HoldServer | null;
  /** Only looks: nothing is sent or applied. */
  readonly inspect: boolean;
  /** Called when the log has been read for the first time. */
  readonly recordRoot: () => void;
  /** See `CutReview`. */
  readonly afterCut: (() => void) | null;
}

/**
 * Keeps one directory the same on both sides. It only sequences: the lanes scan, push, pull and apply beside each other, each by pieces,
 * and wake one another through what they leave in the engine.
 */
export class DirectorySync {
  readonly engine: Engine;
  readonly scanner: Scanner;
  readonly pusher: Pusher;
  readonly applier: Applier;
  readonly watcher: RenewableWatcher;
  readonly progress: Progress;
  readonly surprises: Surprises;
  readonly #parts: DirectoryParts;
  readonly #schedule: FullScanSchedule;
  readonly #timers: Timers;
  readonly #halt: Halt;
  readonly #merger: Merger;
  readonly #cutReview: CutReview;
  readonly #follower: LogFollower;
  readonly #scanWork: ScanWork;
  readonly #holds: HoldFollower | null;
  readonly #lanes: Lane[] = [];
  #isRecognised = false;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(parts: DirectoryParts, root: RootIdentity) {
    const { engine, watcher, ignoreFile } = parts;
    this.#parts = parts;
    this.engine = engine;
    this.watcher = watcher;
    this.surprises = new Surprises(engine.config.name, engine.log, engine.clock);
    this.scanner = new Scanner(engine);
    this.pusher = new Pusher(engine, this.scanner);
    this.applier = new Applier(engine, this.scanner);
    this.#schedule = new FullScanSchedule(engine, this.scanner, watcher);
    this.#timers = new Timers(engine.clock);
    this.#halt = new Halt(engine, root, this.#timers, () => this.#resume());
    this.#merger = new Merger(engine, this.pusher, this.scanner);
    this.#follower = new LogFollower(engine, this.pusher, this.#merger, parts.recordRoot);
    this.#holds = parts.holdServer === null ? null : new HoldFollower(engine, parts.holdServer, this.pusher);
    this.#cutReview = new CutReview(engine, this.scanner, parts.afterCut);
    if (this.#merger.wanted === 'anew') this.#cutReview.skip();
    const parted = { scanner: this.scanner, merger: this.#merger, follower: this.#follower, halt: this.#halt, watcher, ignoreFile };
    this.#scanWork = new ScanWork(engine, parted);
    this.progress = new Progress(engine, parted);
  }

  get connection(): Connection {
    return this.engine.connection;
  }

  /** Why nothing is done at the moment; null while work goes on. */
  get halted(): string | null {
    return this.#halt.reason;
  }

  /** The error code of `halted`. */
  get haltCode(): string | null {
    return this.#halt.code;
  }

  get isStreaming(): boolean {
    return this.#follower.isStreaming;
  }

  /** ISO 8601: when the log was last read to its end or found read. */
  get pulledAt(): string | null {
    return this.#follower.pulledAt;
  }

  /** Begins; returns at once. */
  start(): void {
    const { watcher, inspect, scanSignal } = this.#parts;
    // A folder that joins is scanned once its server's heads are known: equal contents then need no hashing twice.
    if ((this.#merger.wanted !== 'anew' && !this.#cutReview.wanted) || inspect) this.scanner.scanAll();
    if (!inspect) {
      watcher
        .start((hint) => {
          this.scanner.hint(hint);
          scanSignal.wake();
        })
        .catch((error: unknown) => this.surprises.tell(error));
    }
    this.#addLane({ connection: null, step: () => this.#scanWork.step(), nextDue: () => this.scanner.nextDue() }, scanSignal);
    this.#addServerLane(
      () => this.#pullStep(),
      () => this.#follower.nextDue(),
    );
    if (!inspect) this.#addChangingLanes();
    this.#running = Promise.all(this.#lanes.map((lane) => lane.run()));
    this.#everyInterval();
  }

  /** Ends after the pieces of work under way. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const lane of this.#lanes) lane.stop();
    this.#timers.stop();
    this.#parts.signal.wake();
    await this.#parts.watcher.close();
    await this.#running;
  }

  /** Takes what the event stream tells of this directory. */
  onEvent(event: SyncEvent): void {
    this.#follower.onEvent(event);
  }

  onStreamDown(): void {
    this.#follower.onStreamDown();
  }

  /** Asks the server and looks at the disk now. */
  syncNow(): void {
    this.connection.retryNow();
    this.scanner.scanAll();
    this.#follower.wantPull();
  }

  #addChangingLanes(): void {
    const { engine, pusher, applier } = this;
    const holds = this.#holds;
    if (holds !== null)
      this.#addServerLane(
        () => holds.step(),
        () => holds.nextDue(),
      );
    this.#addChangingLane(
      () => this.#pushStep(),
      () => this.#pushDue(),
    );
    this.#addChangingLane(
      () => applier.step(),
      () => applier.nextDue(),
    );
    this.#addChangingLane(
      () => applier.stepBeside(),
      () => null,
    );
    for (let lane = 0; lane < LARGE_LANES; lane++) {
      this.#addChangingLane(
        () => pusher.stepLarge(),
        () => engine.problems.nextDue('push'),
      );
      this.#addChangingLane(
        () => applier.stepLarge(),
        () => applier.nextDue(),
      );
    }
  }

  /** Does nothing while what base and disk say is in doubt. */
  #addChangingLane(step: () => Promise<boolean>, nextDue: () => number | null): void {
    this.#addServerLane(async () => !this.#merger.forbidsChanges && !this.#cutReview.wanted && (await step()), nextDue);
  }

  #addServerLane(step: () => Promise<boolean>, nextDue: () => number | null): void {
    this.#addLane({ connection: this.connection, step, nextDue });
  }

  #addLane(
    work: { connection: Connection | null; step: () => Promise<boolean>; nextDue: () => number | null },
    signal = this.#parts.signal,
  ): void {
    const { clock } = this.engine;
    this.#lanes.push(
      new Lane({
        ...work,
        clock,
        signal,
        mayRun: () => this.#halt.reason === null && (work.connection === null || !this.#merger.merging),
        onFailure: (lane, error) => this.#onFailure(lane, error),
        onMended: (lane) => this.surprises.mended(lane),
      }),
    );
  }

  async #pullStep(): Promise<boolean> {
    const { engine } = this;
    if (engine.headsWanted) {
      engine.headsWanted = false;
      this.#merger.want('heads');
    }
    if (this.#merger.wanted === 'anew') this.#cutReview.skip();
    if (this.#cutReview.wanted) {
      // What the server has of this client is part of what was agreed on, also where the state no longer says so.
      await this.pusher.settleUnanswered();
      await this.#cutReview.run();
    } else await this.#recogniseApplied();
    if (this.#merger.wanted === 'none') return this.#follower.step();
    await this.#merger.step();
    return true;
  }

  /** Once, before the log is read on. A folder that is merged anew agrees on nothing yet. */
  async #recogniseApplied(): Promise<void> {
    if (this.#isRecognised || this.#parts.inspect) return;
    if (this.#merger.wanted !== 'anew') await recogniseApplied(this.engine);
    this.#isRecognised = true;
  }

  async #pushStep(): Promise<boolean> {
    // Nothing is proposed before the server has proved by a first answer that it is the right one.
    if (this.#merger.wanted !== 'none' || this.#follower.pulledAt === null) return false;
    if (this.engine.changes.deletes.size > 0) await this.#halt.prove();
    return this.pusher.step();
  }

  #pushDue(): number | null {
    const deletions = this.pusher.nextDue();
    const retry = this.engine.problems.nextDue('push');
    return deletions === null || (retry !== null && retry < deletions) ? retry : deletions;
  }

  #onFailure(lane: Lane, error: unknown): void {
    if (error instanceof RejoinNeeded) this.#merger.want(error.merge, error.verdict);
    else if (error instanceof RootLostError || error instanceof OtherServerError) {
      if (!this.#stopped) this.#halt.halt(error);
    } else {
      this.surprises.failed(lane, error);
      // What a scan had begun to look at is looked at again.
      if (lane === this.#lanes[0]) this.scanner.scanAll();
    }
  }

  #resume(): void {
    this.watcher.renew().catch((error: unknown) => this.surprises.tell(error));
    this.scanner.scanAll();
    this.#follower.wantPull();
  }

  #everyInterval(): void {
    const { problems, state, config } = this.engine;
    this.#timers.after(config.syncIntervalSeconds * 1000, () => {
      if (state.fact('joining') !== null && this.progress.isSettled) state.setFact('joining', null);
      if (!this.#cutReview.wanted) this.#schedule.interval();
      this.#cutReview.forgetOld();
      problems.prune(
        'apply',
        (path, code) => code === 'name_not_portable' || state.remote.get(path as Parameters<typeof state.remote.get>[0]) !== null,
      );
      this.#follower.wantPull();
      this.#everyInterval();
    });
  }
}
