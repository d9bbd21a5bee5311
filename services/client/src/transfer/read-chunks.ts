import { type Chunk, type ContentHash, decodeManifest } from '@syncpair/contracts';
import type { ExpectedFile } from '../disk/disk.ts';
import type { TransferParts } from './transfer-parts.ts';

/** How a file here is cut, from what is known of its content or else by reading it; null when it does not have this content any more. */
export async function readChunks(parts: TransferParts, file: ExpectedFile, hash: ContentHash): Promise<readonly Chunk[] | null> {
  const known = parts.state.manifests.chunks(hash);
  if (known !== null) return known;
  const read = await parts.disk.chunk(file);
  if (read === 'changed' || !('manifest' in read) || read.hash !== hash) return null;
  parts.state.transaction(() => parts.state.manifests.put(read));
  return decodeManifest(read.manifest);
}
