/** Carries bytes to or from a server and tells its memory; run by the spec of the same name: `upload|download URL BYTES`. */
import { createHash } from 'node:crypto';
import { type ContentHash, EMPTY_HASH } from '@syncpair/contracts';
import { createSyncServer } from './http-sync-server.ts';
import { createHttp } from './http.ts';

const [way, url = '', size] = process.argv.slice(2);
const server = createSyncServer({
  http: createHttp(url),
  clientId: 'alice',
  device: 'ab'.repeat(16),
  directory: 'team',
  shared: true,
  conflictCopies: false,
});

async function* zeros(count: number): AsyncGenerator<Uint8Array> {
  for (let left = count; left > 0; left -= 1 << 18) yield new Uint8Array(Math.min(left, 1 << 18));
}

async function carry(bytes: number): Promise<number> {
  if (way === 'upload') {
    await server.uploadOne('grant', EMPTY_HASH, bytes, zeros(bytes));
    return bytes;
  }
  let length = 0;
  const digest = createHash('sha256');
  for await (const chunk of (await server.downloadOne('0'.repeat(64) as ContentHash, 0)) ?? []) {
    digest.update(chunk);
    length += chunk.length;
  }
  return length;
}

// What the first request loads is no part of the transfer.
await carry(1 << 20);
const before = process.memoryUsage.rss();
let most = before;
const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
const bytes = await carry(Number(size));
clearInterval(sampling);
process.send?.({ before, most, bytes });
process.disconnect();
