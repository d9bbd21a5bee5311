import { createHash } from 'node:crypto';
import { type Chunk, type ContentHash, DomainError, MAX_CHUNK_BYTES } from '@syncpair/contracts';
import type { BlobRef, BlobStore } from '../blobs/blob-store.ts';
import { giveBack } from '../blobs/lent-bytes.ts';
import { wrongHash } from '../blobs/refusals.ts';

/**
 * Reads chunks in their order, and holds them together against the SHA-256 of the content that they are said to make.
 *
 * @throws {DomainError} `not_found` with the first chunk that is not here, `hash_mismatch` when a chunk has another size, or the whole another hash
 */
export async function proveContent(store: BlobStore, hash: ContentHash, chunks: readonly Chunk[], refs: readonly BlobRef[]): Promise<void> {
  if ((await hashOf(store, chunks, refs, 'all')) === hash) return;
  // A chunk that is damaged where it was said to lie is looked for elsewhere, and told as one that is not here.
  const actual = await hashOf(store, chunks, refs, 'each');
  if (actual !== hash) throw wrongHash(hash, actual);
}

async function hashOf(store: BlobStore, chunks: readonly Chunk[], refs: readonly BlobRef[], verify: 'each' | 'all'): Promise<string> {
  const whole = createHash('sha256');
  let index = 0;
  for await (const bytes of store.readMany(refs, MAX_CHUNK_BYTES, verify)) {
    const chunk = chunks[index++] as Chunk;
    if (bytes === null) throw new DomainError('not_found', `the chunk ${chunk.hash} is not here`);
    if (bytes.length !== chunk.size)
      throw new DomainError('hash_mismatch', `the chunk ${chunk.hash} has ${bytes.length} bytes, the manifest says ${chunk.size}`);
    whole.update(bytes);
    giveBack(bytes);
  }
  return whole.digest('hex');
}
