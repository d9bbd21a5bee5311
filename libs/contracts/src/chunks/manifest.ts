import type { ContentHash } from '../content-hash.ts';
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from './chunk-sizes.ts';

/** One chunk of a content, itself a content. */
export interface Chunk {
  readonly hash: ContentHash;
  /** Bytes. */
  readonly size: number;
}

/** Bytes of one chunk in a manifest: 32 of its SHA-256, then its size, big-endian. */
export const MANIFEST_ENTRY_BYTES = 36;
/** Bytes of the largest manifest that is taken: chunks of some 900 GiB. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Why bytes are no manifest. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** The chunks of a content in their order. A manifest is itself a content, with a SHA-256 of its own. */
export function encodeManifest(chunks: readonly Chunk[]): Buffer {
  const bytes = Buffer.alloc(chunks.length * MANIFEST_ENTRY_BYTES);
  chunks.forEach(({ hash, size }, index) => {
    bytes.write(hash, index * MANIFEST_ENTRY_BYTES, 'hex');
    bytes.writeUInt32BE(size, index * MANIFEST_ENTRY_BYTES + 32);
  });
  return bytes;
}

/**
 * Reads a manifest. What it says of the chunks and of the whole is a claim until their bytes are seen.
 *
 * @param size bytes of the whole content, where they are known
 * @throws {ManifestError} when the bytes are no manifest, or that of a content of another size
 */
export function decodeManifest(bytes: Uint8Array, size?: number): Chunk[] {
  if (bytes.length === 0 || bytes.length % MANIFEST_ENTRY_BYTES !== 0)
    throw new ManifestError(`${bytes.length} bytes are no whole entries`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  let total = 0;
  for (let place = 0; place < buffer.length; place += MANIFEST_ENTRY_BYTES) {
    const chunkSize = buffer.readUInt32BE(place + 32);
    if (chunkSize === 0 || chunkSize > MAX_CHUNK_BYTES)
      throw new ManifestError(`a chunk of ${chunkSize} bytes; the limit is ${MAX_CHUNK_BYTES}`);
    total += chunkSize;
    chunks.push({ hash: buffer.toString('hex', place, place + 32) as ContentHash, size: chunkSize });
  }
  if (size !== undefined && total !== size) throw new ManifestError(`the chunks have ${total} bytes together, and the content ${size}`);
  // A content cut into crumbs would cost many times its size in rows and requests.
  if ((chunks.length - 1) * MIN_CHUNK_BYTES > total) throw new ManifestError(`${chunks.length} chunks are too many for ${total} bytes`);
  return chunks;
}
