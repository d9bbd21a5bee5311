import type { ContentHash } from '@syncpair/contracts';
import type { ReadScope } from '../auth/access.ts';
import type { StoredContent } from '../content/content-store.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import { hashBytes, hashText } from './rows.ts';

interface BlobRow {
  readonly hash: Buffer;
  readonly size: string;
  readonly location: string;
}

const toContent = (row: BlobRow): StoredContent => ({ hash: hashText(row.hash), size: Number(row.size), location: row.location });

/** Those of the contents that some version in the directory has. */
export async function contentsOfDirectory(db: Queryable, directory: number, hashes: readonly ContentHash[]): Promise<StoredContent[]> {
  if (hashes.length === 0) return [];
  const rows = await db.query<BlobRow>(
    `SELECT b.hash, b.size, b.location FROM blob b
     WHERE b.hash = ANY($2::bytea[]) AND EXISTS (SELECT FROM version v WHERE v.hash = b.hash AND v.directory = $1)`,
    [directory, hashes.map(hashBytes)],
  );
  return rows.map(toContent);
}

/** Those of the contents that some version in any directory of the scope has. */
export async function contentsOfScope(db: Queryable, scope: ReadScope, hashes: readonly ContentHash[]): Promise<StoredContent[]> {
  if (hashes.length === 0) return [];
  const rows = await db.query<BlobRow>(
    `SELECT b.hash, b.size, b.location FROM blob b
     WHERE b.hash = ANY($1::bytea[]) AND EXISTS (
       SELECT FROM version v JOIN directory d ON d.id = v.directory WHERE v.hash = b.hash AND (d.shared OR d.owner = $2)
     )`,
    [hashes.map(hashBytes), scope.client],
  );
  return rows.map(toContent);
}

/** Keeps where contents lie. A newer receipt has the newer location: the bytes may have been lost and put again. */
export async function recordContents(transaction: Transaction, contents: readonly StoredContent[]): Promise<void> {
  if (contents.length === 0) return;
  // In one order everywhere, so that two transactions with the same contents never wait for each other in a circle.
  const sorted = contents.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  await transaction.query(
    `INSERT INTO blob AS b (hash, size, location)
     SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::text[])
     ON CONFLICT (hash) DO UPDATE SET location = excluded.location, size = excluded.size
     WHERE b.location <> excluded.location OR b.size <> excluded.size`,
    [sorted.map(({ hash }) => hashBytes(hash)), sorted.map(({ size }) => size), sorted.map(({ location }) => location)],
  );
}
