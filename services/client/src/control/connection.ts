import type { Socket } from 'node:net';
import { ControlError } from '../daemon/control.ts';
import { lineSplitter } from './lines.ts';
import { type Answer, type AnswerError, type Greeting, MAX_ANSWER_BYTES, type Request } from './protocol.ts';

/** Milliseconds in which a daemon greets and answers a ping, however busy. */
export const SILENCE_MS = 10_000;
/** Milliseconds between two pings while an answer is awaited. */
const PING_EVERY_MS = 2_000;
/** Under which the greeting is awaited; requests count from 1. */
const GREETING = 0;

/** A daemon holds the socket but does not answer: it is stopped or hangs. */
export class DaemonSilentError extends Error {
  override readonly name = 'DaemonSilentError';

  constructor(pid: number | null) {
    super(`the client runs${pid === null ? '' : ` (process ${pid})`} but does not answer; stop it and start it again`);
  }
}

/** The command's end of the socket. An answer is awaited as long as the daemon shows that it lives. */
export class Connection {
  readonly #socket: Socket;
  readonly #silenceMs: number;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #watch: NodeJS.Timeout;
  /** When anything was last heard, or nothing was awaited. */
  #heard = performance.now();
  #nextId = GREETING + 1;
  #pid: number | null = null;

  constructor(socket: Socket, silenceMs = SILENCE_MS) {
    this.#socket = socket;
    this.#silenceMs = silenceMs;
    this.#watch = setInterval(() => this.#checkLife(), Math.min(PING_EVERY_MS, silenceMs / 4));
    const take = lineSplitter(MAX_ANSWER_BYTES, (line) => this.#receive(line));
    socket.on('data', (chunk) => {
      this.#heard = performance.now();
      try {
        take(chunk);
      } catch (error) {
        this.#fail(new ControlError(`what answered is not a SyncPair client (${(error as Error).message})`));
      }
    });
    socket.on('error', (error) => this.#fail(new ControlError(`the connection to the client broke: ${error.message}`)));
    socket.on('close', () => this.#fail(new ControlError('the client stopped before it answered')));
  }

  /** @throws {DaemonSilentError} when none comes. */
  async greeting(): Promise<Greeting> {
    const greeting = (await this.#await(GREETING)) as Greeting;
    this.#pid = greeting.pid;
    return greeting;
  }

  call(method: Request['method'], params: readonly unknown[]): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(new ControlError('the client has stopped'));
    const id = this.#nextId++;
    this.#send({ id, method, params });
    return this.#await(id);
  }

  close(): void {
    this.#fail(new ControlError('the connection was closed'));
  }

  #await(id: number): Promise<unknown> {
    if (this.#waiting.size === 0) this.#heard = performance.now();
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    return answer.promise;
  }

  #send(request: Request): void {
    this.#socket.write(`${JSON.stringify(request)}\n`);
  }

  #checkLife(): void {
    if (this.#waiting.size === 0) return;
    if (performance.now() - this.#heard > this.#silenceMs) this.#fail(new DaemonSilentError(this.#pid));
    else if (!this.#waiting.has(GREETING)) this.#send({ id: this.#nextId++, method: 'ping', params: [] });
  }

  #receive(line: string): void {
    const message = JSON.parse(line) as Answer | Greeting;
    const id = 'syncpair' in message ? GREETING : (message.id ?? -1);
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ('error' in message) answer?.reject(toError(message.error));
    else answer?.resolve('syncpair' in message ? message : message.result);
  }

  #fail(error: Error): void {
    clearInterval(this.#watch);
    this.#socket.destroy();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function toError({ kind, message }: AnswerError): Error {
  if (kind === 'unknown') return new ControlError(`the running client is of another version (${message}); restart it`);
  return kind === 'refused' ? new ControlError(message) : new Error(message);
}
