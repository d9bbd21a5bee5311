/**
 * How fast the disk store takes and gives contents, against what the machine itself does. Prints ratios, for absolute times mean nothing
 * on a shared machine.
 *
 * Usage: node bench/blob-store.ts [FOLDER]   (default: a temporary folder)
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ContentHash } from '@syncpair/contracts';
import { openDiskBlobStore } from '../services/blob/src/drivers/disk/open-disk-blob-store.ts';

const hashOf = (bytes: Uint8Array): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;

async function time(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return performance.now() - begun;
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1] as number;

async function* sequence<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const folder = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'blob-bench-'));
const store = await openDiskBlobStore(folder);

const flushes: number[] = [];
const probe = await open(join(folder, 'probe'), 'w');
for (let round = 0; round < 20; round++) {
  flushes.push(
    await time(async () => {
      await probe.write(randomBytes(4096));
      await probe.datasync();
    }),
  );
}
await probe.close();

const batches = Array.from({ length: 20 }, () =>
  Array.from({ length: 1000 }, () => randomBytes(4096)).map((bytes) => ({ hash: hashOf(bytes), bytes })),
);
const puts: number[] = [];
const gets: number[] = [];
for (const batch of batches) {
  let stored: Awaited<ReturnType<typeof store.putMany>> = [];
  puts.push(await time(async () => (stored = await store.putMany(sequence(batch)))));
  gets.push(
    await time(async () => {
      for await (const bytes of store.readMany(stored, 65_536)) if (bytes === null) throw new Error('missing');
    }),
  );
}

const LARGE = 512 * 1024 * 1024;
const chunk = randomBytes(65_536);
const expected = createHash('sha256');
const hashing = await time(async () => {
  for (let at = 0; at < LARGE; at += chunk.length) expected.update(chunk);
});
const hash = expected.digest('hex') as ContentHash;
function* chunks(): Generator<Buffer> {
  for (let at = 0; at < LARGE; at += chunk.length) yield chunk;
}
const before = process.memoryUsage.rss();
const large = await time(() => store.put({ hash, size: LARGE, maxBytes: LARGE }, Readable.from(chunks(), { objectMode: false })));
const grown = process.memoryUsage.rss() - before;

console.log(
  JSON.stringify(
    {
      flush_ms: median(flushes),
      thousand_4k_put_ms: median(puts),
      thousand_4k_read_ms: median(gets),
      large_put_mb_per_s: Math.round(LARGE / 1e6 / (large / 1000)),
      large_put_times_hashing: large / hashing,
      large_put_rss_mb: Math.round(grown / 1e6),
    },
    null,
    1,
  ),
);
await store.close();
await rm(folder, { recursive: true });
