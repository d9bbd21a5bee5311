import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Play = (request: IncomingMessage, response: ServerResponse, body: () => Promise<Buffer>) => unknown;

/** An HTTP server for specs that answers as it is told, well or badly. */
export interface FakeHttpServer {
  readonly url: string;
  /** Requests that arrived, as `METHOD /path`. */
  readonly requests: readonly string[];
  /** Answers from now on. */
  play(play: Play): void;
  /** Connections that are open. */
  connections(): number;
  close(): Promise<void>;
}

export async function fakeHttpServer(): Promise<FakeHttpServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let current: Play = (_request, response) => response.writeHead(500).end();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    void current(request, response, () => readAll(request));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    play: (play) => {
      current = play;
    },
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function answerJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
}
