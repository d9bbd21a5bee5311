import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ContentHash } from '@syncpair/contracts';

/** The SHA-256 of a file's bytes. @throws system errors */
export async function hashOfFile(path: string): Promise<ContentHash> {
  const digest = createHash('sha256');
  for await (const part of createReadStream(path)) digest.update(part as Buffer);
  return digest.digest('hex') as ContentHash;
}
