import type { ContentHash } from '../content-hash.ts';
import { ROUTES } from '../routes.ts';

/** Where a content is put together from its chunks: `PUT` with its manifest. */
export function blobManifestPath(hash: ContentHash): string {
  return `${ROUTES.blobs}/${hash}/manifest`;
}
