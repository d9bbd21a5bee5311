import type { ServerResponse } from 'node:http';
import { freeBytes } from '@syncpair/contracts';
import type { FastifyReply } from 'fastify';

/**
 * Answers with bytes that come by and by, and gives the memory of each piece back once it has left; they are taken over. A caller who goes
 * away ends it.
 *
 * @throws what `pieces` throws; before the first piece nothing has been answered yet
 */
export async function sendBytes(reply: FastifyReply, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const source = pieces[Symbol.asyncIterator]();
  try {
    let next = await source.next();
    const headers = reply.getHeaders();
    reply.hijack();
    reply.raw.writeHead(reply.statusCode, headers as Record<string, string>);
    for (; next.done !== true; next = await source.next()) {
      if (!(await write(reply.raw, next.value))) return;
      freeBytes(next.value);
    }
    reply.raw.end();
  } finally {
    await source.return?.();
  }
}

/** True once the system has taken all of it; false when the caller went away, and it may still be in use. */
const write = (response: ServerResponse, bytes: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    const left = (): void => resolve(false);
    response.once('close', left);
    response.write(bytes, (error) => {
      response.off('close', left);
      resolve(!error);
    });
  });
