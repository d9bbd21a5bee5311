import { createHash } from 'node:crypto';
import type { ContentHash, FileEntry } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { StagingError } from '../disk/disk.ts';

/** The server does not have a content, or sent other bytes. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

/**
 * Downloads a large content into the staging area, where `apply` finds it under its hash. What an interrupted download left is continued.
 *
 * @throws {ContentError} when the server lacks it, or the bytes do not have the hash (they are thrown away)
 * @throws {StagingError} when it cannot be written; nothing of it stays
 * @throws {ServerError} when the connection fails; what arrived stays for the next try
 */
export async function downloadLarge(engine: Engine, { hash, size }: FileEntry): Promise<void> {
  const staged = await engine.disk.stage(hash, size);
  const digest = createHash('sha256');
  try {
    for await (const chunk of staged.readExisting()) digest.update(chunk);
    const bytes = await engine.server.downloadOne(hash, staged.size);
    if (bytes === null) throw new ContentError('the server does not have the content');
    for await (const chunk of bytes) {
      digest.update(chunk);
      await staged.write(chunk);
    }
    if (digest.digest('hex') !== hash) throw new ContentError('the bytes that arrived do not have the SHA-256 of the version');
  } catch (error) {
    // What could not be written to the end must not fill the disk for all others.
    if (error instanceof ContentError || error instanceof StagingError) await staged.discard();
    else await staged.finish();
    throw error;
  }
  await staged.finish();
}

/** Contents of small files: those that came with events, and the rest from the server. Missing ones are left out. */
export async function fetchSmall(engine: Engine, hashes: ReadonlySet<ContentHash>): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
  const found = new Map<ContentHash, Uint8Array>();
  const wanted: ContentHash[] = [];
  for (const hash of hashes) {
    const bytes = engine.contents.get(hash);
    if (bytes === null) wanted.push(hash);
    else found.set(hash, bytes);
  }
  if (wanted.length > 0) for (const [hash, bytes] of await engine.server.downloadMany(wanted)) found.set(hash, bytes);
  return found;
}
