import type { RelativePath, Seq, SyncEvent } from '@syncpair/contracts';
import { type Disk, type RootIdentity, RootLostError } from '../disk/disk.ts';
import { Applier } from '../apply/applier.ts';
import { Pusher } from '../negotiate/pusher.ts';
import { RejoinNeeded, appliedSeq, negotiate, noteConflicts, pull } from '../negotiate/negotiator.ts';
import { joinAnew, readAllHeads } from '../negotiate/rejoin.ts';
import { replayLog } from '../negotiate/replay-log.ts';
import { FullScanSchedule } from '../scan/full-scan-schedule.ts';
import { type IgnoreFile } from '../scan/ignore-file.ts';
import { Scanner } from '../scan/scanner.ts';
import type { RenewableWatcher } from '../watch/renewable-watcher.ts';
import type { Connection } from './connection.ts';
import type { Engine } from './engine.ts';
import { Lane } from './lane.ts';
import type { WakeSignal } from './wake-signal.ts';

/** Milliseconds after an apply before the server is told, so that one report covers many. */
const REPORT_AFTER_MS = 50;
/** Milliseconds between two looks for a root that was lost. */
const ROOT_RETRY_MS = 2_000;
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
  /** Only looks: nothing is sent or applied. */
  readonly inspect: boolean;
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
  readonly connection: Connection;
  readonly watcher: RenewableWatcher;
  /** Why nothing is done at the moment; null while work goes on. */
  halted: string | null = null;
  readonly #parts: DirectoryParts;
  readonly #schedule: FullScanSchedule;
  readonly #lanes: Lane[] = [];
  readonly #root: RootIdentity;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #pulledAt: string | null = null;
  #streamUp = false;
  #rejoin: 'none' | 'anew' | 'heads' = 'none';
  /** True while the log is being read: what it tells is not known yet. */
  #pulling = false;
  #merging = false;
  #toldApplied: Seq = -1;
  #appliedAt = 0;
  #cancelTimers: (() => void)[] = [];

  constructor(parts: DirectoryParts, root: RootIdentity) {
    const { engine } = parts;
    this.#parts = parts;
    this.#root = root;
    this.engine = engine;
    this.watcher = parts.watcher;
    this.scanner = new Scanner(engine);
    this.pusher = new Pusher(engine, this.scanner);
    this.applier = new Applier(engine, this.scanner);
    this.#schedule = new FullScanSchedule(engine, this.scanner, parts.watcher);
    this.connection = engine.connection;
    if (engine.state.fact('epoch') === null) this.#rejoin = 'anew';
    else if (engine.state.fact('ignoring') !== engine.ignore.fingerprint) this.#rejoin = 'heads';
  }

  /** Begins; returns at once. */
  start(): void {
    const { watcher, inspect } = this.#parts;
    // A folder that joins is scanned once its server's heads are known: equal contents then need no hashing twice.
    if (this.#rejoin !== 'anew' || inspect) this.scanner.scanAll();
    if (!inspect) {
      watcher
        .start((hint) => {
          this.scanner.hint(hint);
          this.#parts.scanSignal.wake();
        })
        .catch((error: unknown) => this.#surprise(error));
    }
    this.#addLane({ connection: null, step: () => this.#scanStep(), nextDue: () => this.scanner.nextDue() }, this.#parts.scanSignal);
    this.#addLane({ connection: this.connection, step: () => this.#pullStep(), nextDue: () => this.#reportDue() });
    if (!inspect) {
      this.#addLane({ connection: this.connection, step: () => this.#pushStep(), nextDue: () => this.#pushDue() });
      this.#addLane({ connection: this.connection, step: () => this.applier.step(), nextDue: () => this.applier.nextDue() });
      for (let lane = 0; lane < LARGE_LANES; lane++) {
        this.#addLane({
          connection: this.connection,
          step: () => this.pusher.stepLarge(),
          nextDue: () => this.engine.problems.nextDue('push'),
        });
        this.#addLane({ connection: this.connection, step: () => this.applier.stepLarge(), nextDue: () => this.applier.nextDue() });
      }
    }
    this.#running = Promise.all(this.#lanes.map((lane) => lane.run()));
    this.#everyInterval();
  }

  /** Ends after the pieces of work under way. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const lane of this.#lanes) lane.stop();
    for (const cancel of this.#cancelTimers) cancel();
    this.#parts.signal.wake();
    await this.#parts.watcher.close();
    await this.#running;
  }

  /** Takes what the event stream tells of this directory. */
  onEvent(event: SyncEvent): void {
    const { engine } = this;
    if (event.type === 'head') this.#streamUp = true;
    if (event.epoch !== engine.state.fact('epoch') || this.#merging || this.#rejoin !== 'none') {
      this.#wantPull();
      return;
    }
    if (event.seq > engine.head) engine.head = event.seq;
    if (event.type === 'head') {
      if (event.seq !== engine.state.cursor) this.#wantPull();
      else this.pusher.streaming = true;
      this.connection.retryNow();
    } else if (event.previous === engine.state.cursor) {
      for (const [hash, content] of Object.entries(event.contents))
        engine.contents.put(hash as Parameters<typeof engine.contents.put>[0], Buffer.from(content, 'base64'));
      noteConflicts(engine, event.conflicts);
      replayLog(engine, event.commits, event.seq);
    } else if (event.seq > engine.state.cursor) this.#wantPull();
    engine.wake();
  }

  /** The stream is down: until it is back, what others do is found by asking, and so is whether the server is there at all. */
  onStreamDown(): void {
    if (this.#streamUp) this.#wantPull();
    this.#streamUp = false;
    this.pusher.streaming = false;
  }

  get isStreaming(): boolean {
    return this.#streamUp;
  }

  /** ISO 8601: when the log was last read to its end or found read. */
  get pulledAt(): string | null {
    return this.#pulledAt;
  }

  /** True when, as far as can be known, disk and server are the same and nothing is under way. */
  get isSettled(): boolean {
    const { state, changes, head, pushing, applying } = this.engine;
    return (
      this.isScanned &&
      this.connection.isUp &&
      !this.engine.pullWanted &&
      !this.engine.headsWanted &&
      this.#pulledAt !== null &&
      state.cursor >= head &&
      changes.puts.size === 0 &&
      changes.moves.length === 0 &&
      changes.deletes.size === 0 &&
      state.remote.oldestSeq() === null &&
      pushing.size === 0 &&
      applying.size === 0
    );
  }

  /** True once every folder was looked at since the start, or since rules or the server's history changed. */
  get isComplete(): boolean {
    return this.scanner.complete && this.#rejoin === 'none' && !this.#merging && this.halted === null;
  }

  get isScanned(): boolean {
    return this.isComplete && this.scanner.idle;
  }

  /** True when all that is left has a problem that only waiting or a person can mend. */
  get isStuck(): boolean {
    if (
      !this.scanner.complete ||
      !this.scanner.idle ||
      this.#merging ||
      this.#rejoin !== 'none' ||
      !this.connection.isUp ||
      this.engine.pullWanted ||
      this.#pulling ||
      this.engine.headsWanted
    )
      return false;
    const { changes, problems, pushing, applying, state } = this.engine;
    if (pushing.size > 0 || applying.size > 0 || changes.moves.length > 0) return false;
    const waits = (path: string): boolean => problems.get(path) !== null;
    return (
      [...changes.puts.keys()].every(waits) &&
      [...changes.deletes].every(waits) &&
      state.remote.after('', 1000).every(({ path }) => waits(path))
    );
  }

  /** Asks the server and looks at the disk now. */
  syncNow(): void {
    this.connection.retryNow();
    this.scanner.scanAll();
    this.#wantPull();
  }

  #wantPull(): void {
    this.engine.pullWanted = true;
    this.engine.wake();
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
        mayRun: () => this.halted === null && (work.connection === null || !this.#merging),
        onFailure: (error) => this.#onFailure(error),
      }),
    );
  }

  async #scanStep(): Promise<boolean> {
    const { engine } = this;
    if (await this.#parts.ignoreFile.refresh(engine)) {
      engine.log.info(`${engine.config.name}: the ignore rules changed; everything is looked at again`);
      await this.watcher.renew();
      this.scanner.scanAll();
      this.#rejoin = this.#rejoin === 'anew' ? 'anew' : 'heads';
      engine.wake();
    }
    for (const path of engine.problems.due('scan', engine.clock.monotonic())) this.#lookAtProblem(path);
    const due = this.scanner.nextDue();
    if (due === null || due > engine.clock.monotonic()) return false;
    await this.#proveRoot(engine.disk);
    const worked = await this.scanner.step();
    if (worked && (engine.changes.puts.size > 0 || engine.changes.deletes.size > 0 || engine.changes.moves.length > 0 || this.scanner.idle))
      engine.wake();
    return worked;
  }

  #lookAtProblem(path: string): void {
    const { problems, clock, state } = this.engine;
    problems.trying('scan', path, clock.monotonic());
    if (path === '.') {
      this.scanner.scanFolder(null, false);
      return;
    }
    const known = path as RelativePath;
    if (state.base.get(known)?.state.kind === 'dir' && problems.get(path)?.code !== 'other_file_system')
      this.scanner.scanFolder(known, true);
    else this.scanner.look(known);
  }

  async #pushStep(): Promise<boolean> {
    if (this.#rejoin !== 'none') return false;
    if (this.engine.changes.deletes.size > 0) await this.#proveRoot(this.engine.disk);
    return this.pusher.step();
  }

  #pushDue(): number | null {
    const deletions = this.pusher.nextDue();
    const retry = this.engine.problems.nextDue('push');
    return deletions === null || (retry !== null && retry < deletions) ? retry : deletions;
  }

  async #pullStep(): Promise<boolean> {
    const { engine } = this;
    if (engine.headsWanted) {
      engine.headsWanted = false;
      if (this.#rejoin === 'none') this.#rejoin = 'heads';
    }
    if (this.#rejoin !== 'none') {
      await this.#merge();
      return true;
    }
    if (engine.pullWanted && engine.ownMoves.length === 0) {
      engine.pullWanted = false;
      this.#pulling = true;
      try {
        await pull(engine);
      } catch (error) {
        engine.pullWanted = true;
        throw error;
      } finally {
        this.#pulling = false;
      }
      this.#pulledAt = new Date(engine.clock.wall()).toISOString();
      engine.state.setFact('last_sync', this.#pulledAt);
      if (this.#streamUp && engine.state.cursor >= engine.head) this.pusher.streaming = true;
      this.#toldApplied = -1;
      engine.wake();
      return true;
    }
    const due = this.#reportDue();
    if (due === null || due > engine.clock.monotonic()) return false;
    const applied = appliedSeq(engine);
    await negotiate(engine, { changes: [], pull: false });
    this.#toldApplied = applied;
    this.#appliedAt = 0;
    return true;
  }

  /** When the server is to be told how far this disk is; null when it knows. */
  #reportDue(): number | null {
    if (appliedSeq(this.engine) <= this.#toldApplied) return null;
    if (this.#appliedAt === 0) this.#appliedAt = this.engine.clock.monotonic();
    return this.#appliedAt + REPORT_AFTER_MS;
  }

  /** Merges with another history, or reads all heads again, while no change is on its way. */
  async #merge(): Promise<void> {
    const { engine } = this;
    this.pusher.forgetUnanswered();
    if (engine.pushing.size > 0 || engine.applying.size > 0) {
      await new Promise<void>((resolve) => engine.clock.after(20, resolve));
      return;
    }
    this.#merging = true;
    try {
      if (this.#rejoin === 'anew') {
        // Once, however often it is tried.
        engine.log[this.connection.isUp ? 'info' : 'debug'](
          engine.state.fact('epoch') === null
            ? `${engine.config.name}: joining the directory`
            : `${engine.config.name}: the server has another history: merging with it, nothing is deleted`,
        );
        await joinAnew(engine);
      } else await readAllHeads(engine);
      this.#rejoin = 'none';
      engine.pullWanted = true;
      this.scanner.scanAnew();
    } finally {
      this.#merging = false;
      engine.wake();
    }
  }

  async #proveRoot(disk: Disk): Promise<void> {
    const root = await disk.identify();
    if (root.device !== this.#root.device || root.inode !== this.#root.inode)
      throw new RootLostError(`another folder lies at ${this.engine.config.localPath}`);
  }

  #onFailure(error: unknown): void {
    if (error instanceof RejoinNeeded) {
      this.#rejoin = 'anew';
      this.engine.wake();
    } else if (error instanceof RootLostError) this.#halt(error.message);
    else this.#surprise(error);
  }

  #surprise(error: unknown): void {
    const { log } = this.engine;
    log.error(`${this.engine.config.name}: ${error instanceof Error ? error.message : String(error)}; trying again`);
    if (error instanceof Error && error.stack !== undefined) log.debug(error.stack);
  }

  #halt(reason: string): void {
    const { engine } = this;
    if (this.halted !== null || this.#stopped) return;
    this.halted = reason;
    engine.log.error(`${engine.config.name} is halted: ${reason}. Nothing counts as deleted; it goes on by itself when the folder is back`);
    const retry = (): void => {
      this.#proveRoot(engine.disk).then(
        () => {
          this.halted = null;
          engine.log.info(`${engine.config.name} goes on: the folder is back`);
          this.watcher.renew().catch((error: unknown) => this.#surprise(error));
          this.scanner.scanAll();
          this.#wantPull();
        },
        () => this.#timer(ROOT_RETRY_MS, retry),
      );
    };
    this.#timer(ROOT_RETRY_MS, retry);
    engine.wake();
  }

  #everyInterval(): void {
    this.#timer(this.engine.config.syncIntervalSeconds * 1000, () => {
      this.#schedule.interval();
      this.engine.problems.prune(
        'apply',
        (path, code) =>
          code === 'name_not_portable' || this.engine.state.remote.get(path as Parameters<typeof this.engine.state.remote.get>[0]) !== null,
      );
      this.#wantPull();
      this.#everyInterval();
    });
  }

  #timer(ms: number, callback: () => void): void {
    if (this.#stopped) return;
    const cancel = this.engine.clock.after(ms, () => {
      this.#cancelTimers = this.#cancelTimers.filter((other) => other !== cancel);
      if (!this.#stopped) callback();
    });
    this.#cancelTimers.push(cancel);
  }
}
