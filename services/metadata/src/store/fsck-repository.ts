import type { ContentHash } from '@syncpair/contracts';
import type { StoredContent } from '../content/content-store.ts';
import type { Queryable } from '../database/database.ts';
import { hashBytes, hashText } from './rows.ts';

interface BlobRow {
  readonly hash: Buffer;
  readonly size: string;
  readonly location: string;
}

const toContent = ({ hash, size, location }: BlobRow): StoredContent => ({ hash: hashText(hash), size: Number(size), location });

const STORED = "b.location <> '' AND b.state NOT IN ('deleting', 'lost')";
const REFERRED = 'EXISTS (SELECT FROM version v WHERE v.hash = b.hash)';

/** Contents whose rows say that their bytes are there, in the order of their hashes. */
export async function storedPage(db: Queryable, after: Buffer, limit: number): Promise<StoredContent[]> {
  const rows = await db.query<BlobRow>(
    `SELECT b.hash, b.size, b.location FROM blob b WHERE b.hash > $1 AND ${STORED} ORDER BY b.hash LIMIT $2`,
    [after, limit],
  );
  return rows.map(toContent);
}

/** What the row of a content says now, null when it no longer says that the bytes are there. */
export async function storedNow(
  db: Queryable,
  hash: ContentHash,
): Promise<{ readonly content: StoredContent; readonly referred: boolean } | null> {
  const [row] = await db.query<BlobRow & { readonly referred: boolean }>(
    `SELECT b.hash, b.size, b.location, ${REFERRED} AS referred FROM blob b WHERE b.hash = $1 AND ${STORED}`,
    [hashBytes(hash)],
  );
  return row === undefined ? null : { content: toContent(row), referred: row.referred };
}

export interface Unreadable {
  readonly hash: ContentHash;
  /** Bytes, as the version says. */
  readonly size: number;
  /** Its row says that it is lost; otherwise there is no row, or none that tells where the bytes are. */
  readonly lost: boolean;
}

/** Contents that versions name and whose rows do not say where they lie, in the order of their hashes. */
export async function unreadablePage(db: Queryable, after: Buffer, limit: number): Promise<Unreadable[]> {
  const rows = await db.query<{ readonly hash: Buffer; readonly size: string; readonly lost: boolean }>(
    `SELECT v.hash, max(v.size) AS size, bool_or(b.state IS NOT DISTINCT FROM 'lost') AS lost
     FROM version v LEFT JOIN blob b ON b.hash = v.hash
     WHERE v.hash > $1 AND NOT coalesce(${STORED}, false) GROUP BY v.hash ORDER BY v.hash LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ hash, size, lost }) => ({ hash: hashText(hash), size: Number(size), lost }));
}

/** `DIRECTORY: PATH` of some versions that have a content, for people. */
export async function namesOf(db: Queryable, hash: ContentHash, limit: number): Promise<string[]> {
  const rows = await db.query<{ readonly key: string; readonly path: string }>(
    `SELECT DISTINCT d.key, v.path FROM version v JOIN directory d ON d.id = v.directory WHERE v.hash = $1 LIMIT $2`,
    [hashBytes(hash), limit],
  );
  return rows.map(({ key, path }) => `${key}: ${path}`);
}

/** Heads that no version is behind, or another content, and sides of open conflicts that are not there: `DIRECTORY: PATH` and what is wrong. */
export async function brokenRows(db: Queryable, limit: number): Promise<{ readonly name: string; readonly message: string }[]> {
  return db.query(
    `SELECT d.key || ': ' || e.path AS name, 'its head is no version' AS message FROM entry e JOIN directory d ON d.id = e.directory
     WHERE NOT EXISTS (SELECT FROM version v WHERE v.directory = e.directory AND v.path_hash = e.path_hash AND v.seq = e.seq
       AND v.ordinal = e.ordinal AND v.kind = e.kind AND v.hash IS NOT DISTINCT FROM e.hash)
     UNION ALL
     SELECT d.key || ': ' || k.path, 'the loser of its conflict is no version' FROM conflict k JOIN directory d ON d.id = k.directory
     WHERE k.resolved_at IS NULL AND NOT EXISTS (SELECT FROM version v WHERE v.directory = k.directory AND v.seq = k.loser_seq AND v.ordinal = k.loser_ordinal)
     UNION ALL
     SELECT d.key, 'its log ends after its head' FROM directory d WHERE EXISTS (SELECT FROM commit c WHERE c.directory = d.id AND c.seq > d.head_seq)
     LIMIT $1`,
    [limit],
  );
}

/**
 * Says that versions have this content and its bytes are not there: clients that have it are asked for it. Not where the row tells another
 * place by now, because somebody has uploaded it again.
 */
export async function markLost(db: Queryable, { hash, size, location }: StoredContent): Promise<void> {
  await db.query(
    `INSERT INTO blob AS b (hash, size, location, state) VALUES ($1, $2, '', 'lost')
     ON CONFLICT (hash) DO UPDATE SET state = 'lost' WHERE b.state <> 'deleting' AND b.location = $3`,
    [hashBytes(hash), size, location],
  );
}

/** Says where a content lies that was found, unless somebody has said so meanwhile. */
export async function recordFound(db: Queryable, { hash, size, location }: StoredContent, instead: string): Promise<void> {
  await db.query(
    `INSERT INTO blob AS b (hash, size, location) VALUES ($1, $2, $3)
     ON CONFLICT (hash) DO UPDATE SET location = $3, size = $2, state = 'live', condemned_at = NULL
     WHERE (b.location = $4 OR b.state = 'lost') AND b.state <> 'deleting'`,
    [hashBytes(hash), size, location, instead],
  );
}

/** Contents among these that have no row. */
export async function unknownOf(db: Queryable, contents: readonly StoredContent[]): Promise<number> {
  const [row] = await db.query<{ readonly count: string }>(
    `SELECT count(*) FROM unnest($1::bytea[]) c(hash) WHERE NOT EXISTS (SELECT FROM blob b WHERE b.hash = c.hash)`,
    [contents.map(({ hash }) => hashBytes(hash))],
  );
  return Number(row?.count ?? 0);
}
