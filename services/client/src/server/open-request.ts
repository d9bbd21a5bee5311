import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { piecesOf } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import { answerBeforeFailure } from './answer-before-failure.ts';
import { freeReceived } from './free-received.ts';
import { nodeHttp } from './node-http.ts';
import { NO_PROGRESS_MS, ProgressWatch, patienceAfter } from './progress-watch.ts';
import { type AnswerHeaders, ServerError, unreachable } from './server-error.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Ends the request, also while its answer is read. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte that count as a loss; NO_PROGRESS_MS unless told. */
  readonly noProgressMs?: number | undefined;
}

/** Bytes at hand, or `length` bytes that come by and by. */
export type RequestBody =
  | { readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly length: number; readonly contentType: string };

/** An answer of any status whose body has yet to be read, or discarded. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Rejects with `ServerError` when the body was cut, damaged, or made no progress. Ending the loop early ends the request. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** Bytes handed to the socket at once, so that a slow line shows progress within one of them. */
const SLICE_BYTES = 64 * 1024;
/** Times that a request is sent again because a kept connection turned out to be closed. */
const STALE_CONNECTIONS = 2;

/**
 * Sends a request and resolves with the head of its answer. Only a lack of progress of the other side ends it, never its length; time
 * spent waiting for our own disk or for a free connection does not count.
 *
 * @throws {ServerError} `unreachable` or `foreign` when there is no answer; whatever the body's stream threw, as it is.
 */
export async function openRequest(client: AxiosInstance, request: HttpRequest): Promise<Answer> {
  for (let stale = 0; ; stale += 1) {
    const exchange = new Exchange(request);
    try {
      return await exchange.send(client);
    } catch (error) {
      const repeatable = request.body === undefined || 'bytes' in request.body;
      if (!exchange.wasStale || !repeatable || stale === STALE_CONNECTIONS) throw error;
    }
  }
}

/** One request and its answer. */
class Exchange {
  readonly #request: HttpRequest;
  readonly #noProgressMs: number;
  readonly #watch = new ProgressWatch((error) => this.#fail(error));
  readonly #abort = (): void => void this.#fail(new ServerError('unreachable', 'the request was given up'));
  #sent: ClientRequest | undefined;
  #body: Readable | undefined;
  #answer: Readable | undefined;
  #failure: unknown;
  #failed = false;
  #reusedConnection = false;
  #sourceBegun = false;
  #hasConnection = false;
  #hasAnswer = false;
  /** Milliseconds in which the other side is expected to move; null while it waits for us. */
  #expected: number | null;
  /** Rejects when all is over. Nothing is sent after the answer has begun: whatever it says, it was said without the rest. */
  readonly #over = Promise.withResolvers<never>();

  constructor(request: HttpRequest) {
    const { body, noProgressMs } = request;
    this.#request = request;
    this.#noProgressMs = noProgressMs ?? NO_PROGRESS_MS;
    this.#expected = body === undefined ? this.#noProgressMs : 'bytes' in body ? this.#patience(body.bytes.length) : null;
    this.#over.promise.catch(() => undefined);
  }

  /** The connection had been kept from an earlier request and was closed before a byte came back. */
  get wasStale(): boolean {
    return this.#reusedConnection && !this.#failed && !this.#hasAnswer;
  }

  async send(client: AxiosInstance): Promise<Answer> {
    const { signal, method, path, query, headers } = this.#request;
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener('abort', this.#abort, { once: true });
    try {
      if (this.#failed) throw this.#failure;
      const response = await client.request({
        method,
        url: path,
        ...(query === undefined ? {} : { params: query }),
        headers: { ...headers, ...this.#bodyHeaders() },
        ...(this.#request.body === undefined ? {} : { data: this.#openBody(this.#request.body) }),
        responseType: 'stream',
        timeout: 0,
        maxBodyLength: -1,
        maxContentLength: -1,
        transport: { request: this.#start },
      });
      this.#hasAnswer = true;
      this.#ourTurn();
      this.#answer = response.data as Readable;
      return {
        status: response.status,
        headers: response.headers as AnswerHeaders,
        body: this.#read(this.#answer),
        discard: () => this.#finish(),
      };
    } catch (error) {
      this.#finish();
      throw this.#failed ? this.#failure : unreachable(error);
    }
  }

  /** Stands in for Node's own `request`, to see what axios hides: the socket, and what is said before the answer. */
  readonly #start = (options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest => {
    const sent = (options.protocol === 'https:' ? https : nodeHttp).request(options, onResponse);
    this.#sent = sent;
    const progress = (): void => this.#theirTurn(this.#expected);
    sent.once('socket', (socket) => {
      this.#hasConnection = true;
      this.#reusedConnection = sent.reusedSocket;
      answerBeforeFailure(socket);
      freeReceived(socket);
      progress();
      if (socket.connecting) {
        socket.once('connect', progress);
        sent.once('close', () => socket.off('connect', progress));
      }
    });
    sent.on('information', progress);
    return sent;
  };

  #theirTurn(ms: number | null): void {
    this.#expected = ms;
    if (ms !== null && this.#hasConnection && !this.#failed) this.#watch.expect(ms);
  }

  #ourTurn(): void {
    this.#expected = null;
    this.#watch.pause();
  }

  #patience(bytes: number): number {
    return patienceAfter(bytes, this.#noProgressMs);
  }

  #bodyHeaders(): Record<string, string> {
    const { body } = this.#request;
    if (body === undefined) return {};
    return { 'content-type': body.contentType, 'content-length': String('bytes' in body ? body.bytes.length : body.length) };
  }

  #openBody(body: RequestBody): Buffer | Readable {
    if ('bytes' in body) return Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength);
    this.#body = Readable.from(this.#slices(body.stream, body.length), { objectMode: false, highWaterMark: SLICE_BYTES });
    return this.#body;
  }

  async *#slices(source: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
    this.#sourceBegun = true;
    let sent = 0;
    for await (const chunk of this.#ownFailures(source)) {
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        const slice = chunk.subarray(at, at + SLICE_BYTES);
        sent += slice.length;
        if (sent > length) throw this.#fail(new ServerError('hash_mismatch', `the content has more than its ${length} bytes`));
        this.#theirTurn(this.#noProgressMs);
        yield slice;
        if (this.#hasAnswer) await this.#over.promise;
        this.#ourTurn();
      }
    }
    if (sent < length) throw this.#fail(new ServerError('hash_mismatch', `the content ended after ${sent} of ${length} bytes`));
    this.#theirTurn(this.#patience(length));
  }

  /** What the source throws is no failure of the server, and is told as it is. */
  async *#ownFailures(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async *#read(answer: Readable): AsyncGenerator<Uint8Array> {
    const pieces = piecesOf(answer);
    let complete = false;
    try {
      for (;;) {
        this.#theirTurn(this.#noProgressMs);
        const next = await pieces.next();
        this.#ourTurn();
        if (next.done === true) break;
        yield next.value;
      }
      complete = !this.#failed;
    } catch (error) {
      throw this.#failed ? this.#failure : unreachable(error);
    } finally {
      this.#finish(complete);
    }
    if (this.#failed) throw this.#failure;
  }

  #fail(failure: unknown): unknown {
    if (!this.#failed) {
      this.#failed = true;
      this.#failure = failure;
      this.#finish();
    }
    return this.#failure;
  }

  /** Lets go of everything; a connection whose request and answer are both complete is kept for the next one. */
  #finish(complete = false): void {
    this.#watch.pause();
    this.#request.signal?.removeEventListener('abort', this.#abort);
    this.#over.reject(new Error('the request is over'));
    this.#body?.destroy();
    this.#endUnbegun();
    if (complete && this.#sent?.writableFinished === true) return;
    this.#answer?.destroy();
    this.#sent?.destroy();
  }

  /** A generator that was never begun does not let go of what it holds when it is ended: it is begun first. */
  #endUnbegun(): void {
    const { body } = this.#request;
    if (body === undefined || 'bytes' in body || this.#sourceBegun) return;
    this.#sourceBegun = true;
    const source = body.stream[Symbol.asyncIterator]();
    const ended = source.next().then(() => source.return?.());
    // Nobody waits for these bytes any more.
    ended.catch(() => undefined);
  }
}
