import type { ContentHash } from '@syncpair/contracts';
import type { DirectoryLink } from './directory-link.ts';
import { readGrants } from './read-grants.ts';

/** Which of the contents the server has in versions that this client may read, so that it would give them back. @throws {ServerError} */
export async function contentsOnServer(link: DirectoryLink, contents: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
  return new Set((await readGrants(link, contents)).flatMap(({ hashes }) => hashes));
}
