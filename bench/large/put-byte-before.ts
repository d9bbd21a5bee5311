import { createReadStream, createWriteStream, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientProcess } from '../../e2e/harness/client-process.ts';

/** Replaces a file by one that has one more byte at its head. */
export async function putByteBefore(client: ClientProcess, name: string): Promise<void> {
  const aside = join(client.home, 'aside');
  async function* longer(): AsyncGenerator<Buffer> {
    yield Buffer.from('!');
    yield* createReadStream(client.at(name), { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
  }
  await pipeline(Readable.from(longer(), { objectMode: false }), createWriteStream(aside));
  renameSync(aside, client.at(name));
}
