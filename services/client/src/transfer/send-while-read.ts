import { ServerError } from '../server/server-error.ts';
import { ChunkSender } from './chunk-sender.ts';
import type { FileReading } from './file-reading.ts';
import { keptOf } from './kept-of.ts';
import type { TransferParts } from './transfer-parts.ts';

/**
 * Sends chunks of a file that is still being read, as they are found, but for those that the content at its path has: once the hash of the whole
 * is known, most of it is there. Nothing is decided by that, and what hinders it is left to the upload that follows.
 *
 * @returns false where there was nothing to do, because somebody else does it
 */
export function sendWhileRead(parts: TransferParts, reading: FileReading): Promise<boolean> {
  return reading.take(async () => {
    const sender = new ChunkSender(parts, reading.file, reading.proofs);
    const seen = new Set(keptOf(parts, reading.file.path, null)?.chunks.map(({ hash }) => hash));
    try {
      for (let found = await reading.next(); found !== null; found = await reading.next()) {
        const fresh = found.filter(({ hash }) => seen.size < seen.add(hash).size);
        if (fresh.length > 0 && (await sender.send(fresh, () => reading.isOver)) !== 'sent') break;
      }
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    } finally {
      await sender.ended();
    }
  });
}
