import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { installConnectionGuards } from './connections.ts';

describe('the guard of slow bodies', () => {
  let app: FastifyInstance;
  afterEach(() => app.close());

  /** Sends `bytes` of a body every `everyMs`, for a second; true when the server cut the line before. */
  async function isCut(bytes: number, everyMs: number): Promise<boolean> {
    app = fastify();
    installConnectionGuards(app, { bytes: 100, spanMs: 300 });
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    app.post('/', async (request) => {
      for await (const chunk of request.raw) void chunk;
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket: Socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
    let cut = false;
    socket.on('error', () => (cut = true)).on('close', () => (cut = true));
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: a/b\r\ncontent-length: 1000000\r\n\r\n');
    for (let spent = 0; spent < 1_000 && !cut; spent += everyMs) {
      socket.write(Buffer.alloc(bytes));
      await sleep(everyMs);
    }
    const result = cut;
    socket.destroy();
    return result;
  }

  it('cuts a body that trickles', async () => {
    expect(await isCut(1, 50)).toBe(true);
  });
  it('lets a body pass that makes progress, however long it takes', async () => {
    expect(await isCut(50, 50)).toBe(false);
  });
});
