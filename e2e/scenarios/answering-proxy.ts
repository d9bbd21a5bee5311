import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FalseAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP proxy that hands requests on, or answers them all by itself, as gateways and portals do. */
export class AnsweringProxy {
  /** Null: requests are handed on. */
  answer: FalseAnswer | null = null;
  /** Requests that were answered here. */
  answered = 0;
  /** When each of them came (monotonic milliseconds), and what it asked for. */
  readonly asked: { readonly at: number; readonly path: string }[] = [];
  readonly #target: URL;
  readonly #server: Server;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, reply) => this.#handle(incoming, reply));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, so that the event stream has to come back too. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handle(incoming: IncomingMessage, reply: ServerResponse): void {
    if (this.answer !== null) {
      this.answered += 1;
      this.asked.push({ at: performance.now(), path: new URL(incoming.url ?? '', this.#target).pathname });
      incoming.resume();
      reply.writeHead(this.answer.status, this.answer.headers).end(this.answer.body ?? '');
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request({ host: this.#target.hostname, port: this.#target.port, method, path: url, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.on('error', () => reply.destroy());
    reply.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }
}
