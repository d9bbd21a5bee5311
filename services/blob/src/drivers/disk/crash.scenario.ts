/** Run by the crash test until it is killed: stores contents one after another, and prints each that was acknowledged as JSON, a line each. */
import { hash as digest } from 'node:crypto';
import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { ContentHash } from '@syncpair/contracts';
import { openDiskBlobStore } from './open-disk-blob-store.ts';

const store = await openDiskBlobStore(process.argv[2] as string, { packLimits: { bytes: 3_000, records: 100 } });
const contentOf = (text: string): { hash: ContentHash; bytes: Buffer } => {
  const bytes = Buffer.from(text.repeat(50));
  return { hash: digest('sha256', bytes) as ContentHash, bytes };
};

async function* batch(round: number): AsyncGenerator<{ hash: ContentHash; bytes: Buffer }> {
  for (let index = 0; index < 10; index++) yield contentOf(`${process.pid}:${round}:${index}`);
}

for (let round = 0; round < 5; round++) {
  const alone = contentOf(`${process.pid}:${round}`);
  const stored = [
    await store.put({ hash: alone.hash, maxBytes: 10_000 }, Readable.from([alone.bytes])),
    ...(await store.putMany(batch(round))),
  ];
  // At once, for the next call may be the last.
  writeSync(1, stored.map((blob) => `${JSON.stringify(blob)}\n`).join(''));
}
await store.close();
