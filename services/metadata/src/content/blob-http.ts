import { type IncomingHttpHeaders, type IncomingMessage, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type Readable, finished } from 'node:stream';
import { DomainError, ERROR_CODES, type ErrorBody } from '@syncpair/contracts';

/** Milliseconds without a byte in either direction after which the blob service counts as lost. Never a bound on total time. */
const NO_PROGRESS_MS = 30_000;
/** Bytes of an error answer that are read. */
const MAX_ERROR_BYTES = 64 * 1024;

export interface BlobRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer;
}

/** Requests to the blob service over kept connections, bodies as streams both ways. */
export class BlobHttp {
  readonly #base: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(baseUrl: string) {
    this.#base = new URL(baseUrl);
    const options = { keepAlive: true, maxSockets: 64, keepAliveMsecs: 10_000 };
    this.#agent = this.#base.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * The answer, its body still to be read.
   *
   * @throws {DomainError} the blob service's own error, or `unavailable` when there is no answer.
   */
  async send(request: BlobRequest): Promise<IncomingMessage> {
    const answer = await this.#exchange(request);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    throw await toError(answer);
  }

  /** The answer's JSON body. */
  async sendForJson(request: BlobRequest): Promise<unknown> {
    return JSON.parse((await readAll(await this.send(request), Infinity)).toString()) as unknown;
  }

  /** The headers of what a HEAD request names, null when there is no such thing. */
  async sendForHeaders(request: BlobRequest & { readonly method: 'HEAD' }): Promise<IncomingHttpHeaders | null> {
    const answer = await this.#exchange(request);
    answer.resume();
    if (answer.statusCode === 404) return null;
    if (answer.statusCode === 200) return answer.headers;
    throw new DomainError('unavailable', `the content store answered ${answer.statusCode}`);
  }

  #exchange(request: BlobRequest): Promise<IncomingMessage> {
    const { method, path, headers = {}, body } = request;
    const open = this.#base.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = open(new URL(path, this.#base), { method, agent: this.#agent, headers, timeout: NO_PROGRESS_MS });
      const lost = (cause: string): DomainError => new DomainError('unavailable', `the content store does not answer: ${cause}`);
      sent.once('response', resolve);
      sent.once('timeout', () => sent.destroy(new Error('no progress')));
      sent.once('error', (error: NodeJS.ErrnoException) => reject(lost(error.code ?? error.message)));
      if (body === undefined || Buffer.isBuffer(body)) {
        sent.end(body);
        return;
      }
      body.pipe(sent);
      finished(body, { writable: false }, (error) => {
        if (!error) return;
        sent.destroy();
        reject(lost(`the content broke off: ${(error as NodeJS.ErrnoException).code ?? error.message}`));
      });
      // The source is its owner's, who may still answer whoever sends it.
      sent.once('close', () => body.unpipe(sent));
    });
  }
}

async function toError(answer: IncomingMessage): Promise<DomainError> {
  const unknown = new DomainError('unavailable', `the content store answered ${answer.statusCode}`);
  try {
    const body = JSON.parse((await readAll(answer, MAX_ERROR_BYTES)).toString()) as Partial<ErrorBody>;
    const code = body.error?.code;
    if (code === undefined || !Object.hasOwn(ERROR_CODES, code)) return unknown;
    // A refused grant is between the two services; a caller of ours can do nothing about it.
    return code === 'unauthenticated' || code === 'forbidden' ? unknown : new DomainError(code, String(body.error?.message));
  } catch {
    return unknown;
  }
}

export async function readAll(answer: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > limit) throw new Error('the answer is too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
