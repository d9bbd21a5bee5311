import { type ContentHash, type ReadGrantsRequestJson, ROUTES, readGrantsResponseSchema } from '@syncpair/contracts';
import { type DirectoryLink, ask, directoryOf } from './directory-link.ts';

/** A grant to read contents, cut to those that were asked for. */
export interface ReadGrant {
  readonly grant: string;
  readonly hashes: readonly ContentHash[];
}

/** What one request takes. */
const MAX_HASHES = 1_000;

/** Grants for these contents, each content in one of them; what the server does not know is in none. */
export async function readGrants(link: DirectoryLink, hashes: Iterable<ContentHash>): Promise<ReadGrant[]> {
  const wanted = [...new Set(hashes)];
  const granted: ReadGrant[] = [];
  for (let at = 0; at < wanted.length; at += MAX_HASHES) {
    const asked = wanted.slice(at, at + MAX_HASHES);
    const request: ReadGrantsRequestJson = { ...directoryOf(link), hashes: asked };
    const answer = await ask(link, ROUTES.grants, request, readGrantsResponseSchema);
    const open = new Set(asked);
    for (const { grant, hashes: offered } of answer.grants) {
      const ours = offered.filter((hash) => open.delete(hash));
      if (ours.length > 0) granted.push({ grant, hashes: ours });
    }
  }
  return granted;
}
