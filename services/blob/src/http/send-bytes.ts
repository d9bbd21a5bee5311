import type { FastifyReply } from 'fastify';
import { Outgoing } from './outgoing.ts';

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
    const outgoing = new Outgoing(reply.raw);
    for (; next.done !== true; next = await source.next()) if (!(await outgoing.send(next.value))) return;
    reply.raw.end();
  } finally {
    await source.return?.();
  }
}
