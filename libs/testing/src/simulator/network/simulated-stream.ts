import { type Commit, MAX_EVENT_CONTENT_BYTES, type Seq, type SyncEvent } from '@syncpair/contracts';
import type { SimulatedServer } from '../server/simulated-server.ts';
import type { OwnProcess } from '../world/own-process.ts';
import type { SimulatedLink } from './simulated-link.ts';

export interface StreamHandlers {
  onEvent(event: SyncEvent): void;
  onDown(): void;
}

/** The event stream of one process: connects, and again after each loss. Whatever can go wrong with events does. */
export class SimulatedStream {
  readonly #parts: { server: SimulatedServer; link: SimulatedLink; process: OwnProcess; directories: readonly string[] };
  readonly #handlers: StreamHandlers;
  #unsubscribe: (() => void) | null = null;
  #closed = false;
  /** Of the latest event that is on its way: the next one comes no earlier, unless it overtakes. */
  #arrivesAt = 0;
  #connection = 0;

  constructor(
    parts: { server: SimulatedServer; link: SimulatedLink; process: OwnProcess; directories: readonly string[] },
    handlers: StreamHandlers,
  ) {
    this.#parts = parts;
    this.#handlers = handlers;
  }

  /** True while what the server tells reaches the client. A connection that is cut and not known to be is none. */
  get isUp(): boolean {
    return this.#unsubscribe !== null;
  }

  connect(): void {
    const { link, process, server, directories } = this.#parts;
    process.after(link.latency, () => {
      if (this.#closed) return;
      if (!link.up) {
        process.after(link.random.between(500, 5_000), () => this.connect());
        return;
      }
      this.#connection++;
      this.#unsubscribe = server.onCommit((directory, previous, commit) => {
        if (directories.includes(directory)) this.#commits(directory, previous, commit);
      });
      for (const directory of directories) this.#head(directory);
    });
  }

  /** The connection breaks; the client notices a while later, and events on their way are gone. */
  cut(): void {
    if (this.#unsubscribe === null) return;
    const { link, process } = this.#parts;
    this.#unsubscribe();
    this.#unsubscribe = null;
    this.#connection++;
    process.after(link.random.chance(0.1) ? 40_000 : link.random.between(1, 500), () => {
      if (this.#closed) return;
      this.#handlers.onDown();
      process.after(link.random.between(100, 3_000), () => this.connect());
    });
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  #head(name: string): void {
    const directory = this.#parts.server.directory(name);
    const { epoch, seq } = directory;
    this.#send({ type: 'head', directory: name, epoch, seq, mark: directory.markAt(seq) });
  }

  #commits(name: string, previous: Seq, commit: Commit): void {
    const { link, server } = this.#parts;
    const { random, faults } = link;
    if (random.chance(faults.cutStreams)) {
      link.count++;
      this.cut();
      return;
    }
    if (random.chance(faults.bareEvents)) {
      this.#head(name);
      return;
    }
    const directory = server.directory(name);
    const contents: Record<string, string> = {};
    for (const change of commit.changes) {
      if (change.op !== 'head' || change.state.kind !== 'file' || change.state.size > MAX_EVENT_CONTENT_BYTES) continue;
      const bytes = server.contents.get(change.state.hash);
      if (bytes !== undefined && random.chance(0.8)) contents[change.state.hash] = Buffer.from(bytes).toString('base64');
    }
    const { epoch } = directory;
    const conflicts = directory.conflicts.length;
    const commits = [{ ...commit, changes: [...commit.changes] }];
    const marks = { previous_mark: directory.markAt(previous) };
    this.#send({ type: 'commits', directory: name, epoch, previous, ...marks, seq: commit.seq, commits, contents, conflicts });
  }

  #send(event: SyncEvent): void {
    const { link, process } = this.#parts;
    const { random, faults } = link;
    const connection = this.#connection;
    const deliver = (): void => {
      if (!this.#closed && connection === this.#connection) this.#handlers.onEvent(event);
    };
    const earliest = process.time.now + link.latency;
    const at = random.chance(faults.reorderedEvents) ? earliest + random.between(0, 200) : Math.max(earliest, this.#arrivesAt);
    this.#arrivesAt = Math.max(at, this.#arrivesAt);
    process.after(at - process.time.now, deliver);
    if (random.chance(faults.repeatedEvents)) process.after(at - process.time.now + random.between(0, 300), deliver);
  }
}
