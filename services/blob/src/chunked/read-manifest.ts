import { hash as digest } from 'node:crypto';
import { type Chunk, MAX_MANIFEST_BYTES, ManifestError, type ManifestLocation, decodeManifest } from '@syncpair/contracts';
import type { BlobStore } from '../blobs/blob-store.ts';

/** The chunks that a manifest in the store names; null when it is missing, damaged, or none. */
export async function readManifest(store: BlobStore, { manifest, location }: ManifestLocation): Promise<readonly Chunk[] | null> {
  const opened = await store.open({ hash: manifest, location });
  if (opened === null) return null;
  if (opened.size > MAX_MANIFEST_BYTES) {
    opened.body.destroy();
    return null;
  }
  const bytes = Buffer.concat(await opened.body.toArray());
  if (digest('sha256', bytes) !== manifest) return null;
  try {
    return decodeManifest(bytes);
  } catch (error) {
    if (error instanceof ManifestError) return null;
    throw error;
  }
}
