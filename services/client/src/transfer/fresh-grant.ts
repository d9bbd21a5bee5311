import type { ContentHash } from '@syncpair/contracts';
import { isShown } from './chunk-proofs.ts';
import type { TransferParts } from './transfer-parts.ts';

/** A grant to write a content, and when it was given: monotonic milliseconds. */
export interface GivenGrant {
  readonly hash: ContentHash;
  readonly grant: string;
  readonly grantedAt: number;
}

/**
 * A grant to write the content that is good for a while; null when somebody else has brought it meanwhile.
 *
 * @throws {ServerError}
 */
export async function freshGrant({ server, clock }: TransferParts, { hash, grant, grantedAt }: GivenGrant): Promise<string | null> {
  if (isShown(grantedAt, clock.monotonic())) return grant;
  const answer = await server.askChunks([hash], []);
  if (answer === null) return grant;
  return answer.grants.find(({ hashes }) => hashes.includes(hash))?.grant ?? null;
}
