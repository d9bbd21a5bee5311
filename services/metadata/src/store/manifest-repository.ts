import type { ContentHash } from '@syncpair/contracts';
import type { Transaction } from '../database/database.ts';
import { hashBytes } from './rows.ts';

/**
 * Says what a content consists of. The rows of the content and of all its parts are locked by this transaction, and none of them is being
 * removed. What an earlier manifest of the same content named stays named. When the row of the content is deleted, the database forgets all of it.
 */
export async function nameParts(transaction: Transaction, whole: ContentHash, parts: readonly ContentHash[]): Promise<void> {
  await transaction.query(
    `INSERT INTO manifest_chunk (manifest, chunk) SELECT $1, chunk FROM unnest($2::bytea[]) p(chunk) ON CONFLICT DO NOTHING`,
    [hashBytes(whole), parts.map(hashBytes)],
  );
}
