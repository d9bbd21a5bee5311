import { type ContentHash, type ReadGrantsRequestJson, ROUTES, readGrantsResponseSchema } from '@syncpair/contracts';
import { type DirectoryLink, ask, directoryOf } from './directory-link.ts';

export async function readManifest(link: DirectoryLink, hash: ContentHash): Promise<Uint8Array | null> {
  const request: ReadGrantsRequestJson = { ...directoryOf(link), hashes: [hash], manifests: true };
  const { manifests } = await ask(link, ROUTES.grants, request, readGrantsResponseSchema);
  const found = manifests.find((one) => one.hash === hash);
  return found === undefined ? null : Buffer.from(found.manifest, 'base64');
}
