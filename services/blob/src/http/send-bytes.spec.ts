import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendBytes } from './send-bytes.ts';

const PIECE = 1024 * 1024;

let app: FastifyInstance;
let pieces: () => AsyncIterable<Uint8Array>;
beforeEach(async () => {
  app = Fastify();
  app.get('/', (_request, reply) => sendBytes(reply.type('application/octet-stream'), pieces()));
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

async function ask(): Promise<IncomingMessage> {
  const { port } = app.server.address() as AddressInfo;
  const [answer] = (await once(http.get({ port, host: '127.0.0.1' }), 'response')) as [IncomingMessage];
  return answer;
}

it('sends every piece as it was, and gives its memory back', async () => {
  const sent = [1, 2, 3].map((value) => Buffer.alloc(PIECE, value));
  const expected = Buffer.concat(sent);
  pieces = async function* () {
    yield* sent;
  };
  const answer = await ask();
  expect(Buffer.concat(await answer.toArray()).equals(expected)).toBe(true);
  await expect.poll(() => sent.map(({ length }) => length)).toEqual([0, 0, 0]);
});

it('ends what it reads from when the caller goes away', async () => {
  let ended = 0;
  pieces = async function* () {
    try {
      for (;;) yield Buffer.alloc(PIECE);
    } finally {
      ended += 1;
    }
  };
  const answers = await Promise.all([ask(), ask(), ask()]);
  for (const answer of answers) answer.destroy();
  await expect.poll(() => ended, { timeout: 20_000 }).toBe(3);
});

it('leaves a failure before the first piece to whoever answers errors', async () => {
  pieces = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('it cannot be read')) }),
  });
  const answer = await ask();
  answer.resume();
  expect(answer.statusCode).toBe(500);
});
