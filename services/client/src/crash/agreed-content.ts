import { Readable } from 'node:stream';
import type { FileEntry } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { ContentError } from '../transfer/content-error.ts';
import { downloadLarge } from '../transfer/download-large.ts';
import { fetchSmall } from '../transfer/fetch-small.ts';
import { isLarge } from '../transfer/upload.ts';

/**
 * The bytes that the server has for a version; null when it has none. A large content stays in the staging area, where applying it finds it.
 *
 * @throws {ServerError} when there is no answer
 */
export async function agreedContent(engine: Engine, entry: FileEntry): Promise<AsyncIterable<Uint8Array> | null> {
  if (!isLarge(entry.size)) {
    const bytes = (await fetchSmall(engine, new Set([entry.hash]))).get(entry.hash);
    return bytes === undefined ? null : Readable.from([bytes]);
  }
  try {
    await downloadLarge(engine, entry, null);
  } catch (error) {
    if (error instanceof ContentError) return null;
    throw error;
  }
  return staged(engine, entry);
}

async function* staged({ disk }: Engine, { hash, size }: FileEntry): AsyncGenerator<Uint8Array> {
  const part = await disk.stage(hash, size);
  try {
    yield* part.readExisting();
  } finally {
    await part.finish();
  }
}
