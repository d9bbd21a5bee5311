import { CHUNKED_BYTES } from '@syncpair/contracts';
import { DiskProblem, type ExpectedFile } from '../disk/disk.ts';
import { ServerError } from '../server/server-error.ts';
import { ChunkUpload } from './chunk-upload.ts';
import { firstBytes } from './first-bytes.ts';
import { type GivenGrant, freshGrant } from './fresh-grant.ts';
import { keptOf } from './kept-of.ts';
import { readChunks } from './read-chunks.ts';
import type { TransferParts } from './transfer-parts.ts';

/** A file whose content travels by itself. */
export interface LargeUpload extends GivenGrant {
  readonly file: ExpectedFile;
  /** Bytes. */
  readonly size: number;
}

/**
 * Uploads the content of one large file, by chunks where it has many and the server takes them. The receipt is null where somebody else has
 * brought the content meanwhile; null alone says that the file is not what it was.
 *
 * @throws {ServerError}
 */
export async function uploadLarge(parts: TransferParts, upload: LargeUpload): Promise<{ readonly receipt: string | null } | null> {
  if (upload.size >= CHUNKED_BYTES) {
    const { file, hash, grant, grantedAt } = upload;
    const chunks = await readChunks(parts, file, hash);
    if (chunks === null) return null;
    const end = await new ChunkUpload(parts, { file, hash, chunks, grant, grantedAt, kept: keptOf(parts, file.path, hash) }).run();
    if (end.status === 'changed') return null;
    if (end.status === 'there') return { receipt: end.receipt };
  }
  // What was tried before may have taken long.
  const grant = await freshGrant(parts, upload);
  if (grant === null) return { receipt: null };
  const receipt = await uploadWhole(parts, { ...upload, grant });
  return receipt === null ? null : { receipt };
}

async function uploadWhole(parts: TransferParts, { file, hash, size, grant }: LargeUpload): Promise<string | null> {
  const bytes = await parts.disk.openRead(file.path, 0);
  if (bytes instanceof DiskProblem) return null;
  try {
    // What was written behind it meanwhile is the next version's; a log that always grows would never be sent otherwise.
    return await parts.server.uploadOne(grant, hash, size, firstBytes(bytes, size));
  } catch (error) {
    // The file was written while it was read: what was sent is not what had been hashed, and the server kept none of it.
    if (error instanceof ServerError && error.code === 'hash_mismatch') return null;
    throw error;
  }
}
