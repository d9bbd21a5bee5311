import { randomBytes } from 'node:crypto';
import {
  type Commit,
  type ContentHash,
  type Head,
  type NegotiateResponse,
  type RelativePath,
  type Seq,
  type SyncEvent,
} from '@syncpair/contracts';
import { silentLogger } from '../../services/client/src/log/logger.ts';
import { type Clock, systemClock } from '../../services/client/src/runtime/clock.ts';
import { createEventStream } from '../../services/client/src/server/http-event-stream.ts';
import { createSyncServer } from '../../services/client/src/server/http-sync-server.ts';
import { ServerError, createHttp } from '../../services/client/src/server/http.ts';
import type { EventStream, Negotiation, SyncServer } from '../../services/client/src/server/sync-server.ts';
import { retryDelayMs } from '../../services/client/src/transfer/retry-delay.ts';
import { sha256 } from '../harness/ledger.ts';

/** Milliseconds after news in which a client tells the server how far it is, as the engine does. */
const REPORT_AFTER_MS = 50;

export interface SimulatedClientSetup {
  readonly server: string;
  readonly id: string;
  readonly directory: string;
  /** Of its pauses between two tries. */
  readonly clock?: Clock;
  /** Called with each commit after those that it joined with, once and in their order. */
  readonly onCommit?: (commit: Commit) => void;
}

/**
 * A client without a folder, so that hundreds of them find room in a process. It speaks to the server through the client's own stream and
 * calls, when the engine would: it follows the events, reads the log when one of them does not follow on the one before and whenever the
 * stream was lost, tells how far it is, and tries again for ever.
 */
export class SimulatedClient {
  readonly id: string;
  readonly directory: string;
  readonly heads = new Map<string, Head>();
  /** How often each status was answered. */
  readonly answers = new Map<number, number>();
  /** Requests that failed and were made again, and streams that were lost, in the server's or the system's words. */
  readonly failures: string[] = [];
  readonly losses: string[] = [];
  /** Events that did not follow on what was known, or only said that there is more, while the stream was up. */
  gaps = 0;
  /** Monotonic milliseconds at which it had its stream again and the log read to the end; null while it does not. */
  connectedAt: number | null = null;
  readonly #setup: SimulatedClientSetup;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #server: SyncServer;
  readonly #stream: EventStream;
  #history: { epoch: string; mark: string | null; server: string | null } | null = null;
  #cursor: Seq = 0;
  #hasStream = false;
  #isReading = false;
  #readAgain = false;
  #report: NodeJS.Timeout | null = null;

  constructor(setup: SimulatedClientSetup) {
    this.#setup = setup;
    this.id = setup.id;
    this.directory = setup.directory;
    this.#clock = setup.clock ?? systemClock;
    const http = createHttp(setup.server);
    http.interceptors.response.use((response) => {
      this.answers.set(response.status, (this.answers.get(response.status) ?? 0) + 1);
      return response;
    });
    const device = randomBytes(16).toString('hex');
    const link = { http, clientId: setup.id, device, directory: setup.directory, shared: true, signal: this.#stop.signal };
    this.#server = createSyncServer({ ...link, conflictCopies: false });
    this.#stream = createEventStream({ ...link, directories: [link], log: silentLogger, clock: this.#clock });
  }

  /** The sequence number up to which it knows the directory. */
  get cursor(): Seq {
    return this.#cursor;
  }

  /** Takes over the directory as it is and begins to follow it. */
  async join(): Promise<void> {
    const { epoch, seq, mark, server, heads } = await this.#server.snapshot();
    for await (const batch of heads) for (const head of batch) this.heads.set(head.path, head);
    this.#history = { epoch, mark, server };
    this.#cursor = seq;
    this.#stream.start({ onEvent: (event) => this.#onEvent(event), onConnection: (up, reason) => this.#onConnection(up, reason) });
  }

  /** Makes a text the content of a path. Resolves when it is durable. @throws {Error} when the server decided otherwise */
  async edit(path: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const hash = sha256(bytes) as ContentHash;
    const id = randomBytes(12).toString('hex');
    const base = this.heads.get(path)?.version ?? null;
    const entry = { kind: 'file' as const, hash, size: bytes.length, mtime: BigInt(Date.now()) * 1_000_000n, executable: false };
    const change = { op: 'put' as const, id, path: path as RelativePath, base, entry };
    // Made again under the same id, an edit that was durable already is the same edit.
    const { outcomes } = await this.#patiently(() => this.#negotiate({ changes: [change], contents: new Map([[hash, bytes]]) }));
    const [outcome] = outcomes;
    if (outcome?.status !== 'committed' || outcome.conflict !== null) throw new Error(`${this.id}: ${path}: ${JSON.stringify(outcome)}`);
    this.heads.set(path, { path: change.path, version: outcome.version, state: entry });
  }

  /** True when a head of this path has this text. */
  holds(path: string, text: string): boolean {
    const state = this.heads.get(path)?.state;
    return state?.kind === 'file' && state.hash === sha256(text);
  }

  async leave(): Promise<void> {
    this.#stop.abort();
    if (this.#report !== null) clearTimeout(this.#report);
    await this.#stream.close();
  }

  #onConnection(up: boolean, reason: string | null): void {
    if (up) return;
    if (reason !== null) this.losses.push(reason);
    if (this.#hasStream) void this.#read();
    this.#hasStream = false;
    this.connectedAt = null;
  }

  #onEvent(event: SyncEvent): void {
    if (event.type === 'head') {
      if (this.#hasStream && event.seq > this.#cursor) this.gaps += 1;
      this.#hasStream = true;
      if (event.epoch !== this.#history?.epoch) throw new Error(`${this.id}: another epoch`);
      if (event.seq === this.#cursor && !this.#isReading) this.#connected();
      else void this.#read();
    } else if (event.previous === this.#cursor) this.#take(event.commits, event.seq);
    else if (event.seq > this.#cursor) {
      this.gaps += 1;
      void this.#read();
    }
  }

  /** Reads the log to its end, and tries again until it could. */
  async #read(): Promise<void> {
    this.#readAgain = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#readAgain) {
        this.#readAgain = false;
        const { commits, cursor, more } = await this.#patiently(() => this.#negotiate({ pull: true }));
        this.#take(commits, cursor);
        this.#readAgain ||= more;
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      throw error;
    }
    this.#isReading = false;
    if (this.#hasStream) this.#connected();
  }

  /** Asks until there is an answer, with the pauses of the engine. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof ServerError) || !error.retryable || this.#stop.signal.aborted) throw error;
        this.failures.push(error.message);
        await this.#pause(Math.max(retryDelayMs(attempt, Math.random()), error.retryAfterMs ?? 0));
      }
    }
  }

  #connected(): void {
    this.connectedAt ??= this.#clock.monotonic();
  }

  #take(commits: readonly Commit[], upTo: Seq): void {
    for (const commit of commits.filter(({ seq }) => seq > this.#cursor)) {
      for (const change of commit.changes) {
        if (change.op === 'move') throw new Error('a simulated client follows no moves');
        this.heads.set(change.path, change);
      }
      if (this.#history !== null) this.#history.mark = commit.mark ?? null;
      this.#setup.onCommit?.(commit);
    }
    if (upTo <= this.#cursor) return;
    this.#cursor = upTo;
    this.#report ??= setTimeout(() => {
      this.#report = null;
      this.#negotiate({}).catch((error: unknown) => this.failures.push((error as Error).message));
    }, REPORT_AFTER_MS);
  }

  async #negotiate(request: Partial<Negotiation>): Promise<Extract<NegotiateResponse, { status: 'ok' }>> {
    const about = { ...this.#history, cursor: this.#cursor, applied: this.#cursor, run: null, joins: false };
    const nothing = { epoch: null, mark: null, server: null, changes: [], receipts: [], announced: [], contents: new Map(), pull: false };
    const answer = await this.#server.negotiate({ ...nothing, ...about, ...request });
    if (answer.status !== 'ok') throw new Error(`${this.id} is to join anew: ${answer.reason}`);
    return answer;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#stop.signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }
}
