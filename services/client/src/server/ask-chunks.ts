import { type ChunksRequestJson, type ChunksResponse, type ContentHash, ROUTES, chunksResponseSchema } from '@syncpair/contracts';
import { type DirectoryLink, checked, directoryOf, postJson } from './directory-link.ts';
import { readError, readJson } from './read-json.ts';

export async function askChunks(
  link: DirectoryLink,
  hashes: readonly ContentHash[],
  receipts: readonly string[],
): Promise<ChunksResponse | null> {
  const request: ChunksRequestJson = { ...directoryOf(link), hashes: [...hashes], receipts: [...receipts] };
  const answer = await postJson(link, ROUTES.chunks, request);
  if (answer.status === 404) {
    // Whoever says so, a server or a proxy before it that knows its routes: by this way no chunks can be sent.
    await readError(answer);
    return null;
  }
  return checked(await readJson(answer), chunksResponseSchema, `the answer of ${ROUTES.chunks}`);
}
