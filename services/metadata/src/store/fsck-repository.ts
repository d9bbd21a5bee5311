import { type ContentHash, parseManifestLocation } from '@syncpair/contracts';
import type { StoredContent } from '../content/content-store.ts';
import type { Queryable } from '../database/database.ts';
import { REFERRED } from './referred.ts';
import { hashBytes, hashText } from './rows.ts';

interface BlobRow {
  readonly hash: Buffer;
  readonly size: string;
  readonly location: string;
}

const toContent = ({ hash, size, location }: BlobRow): StoredContent => ({ hash: hashText(hash), size: Number(size), location });

/** The row `w` says that the content is there and lies in its parts. */
const IN_PARTS = "w.location LIKE 'manifest:%' AND w.state NOT IN ('deleting', 'lost')";

const STORED = "b.location <> '' AND b.state NOT IN ('deleting', 'lost')";

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
  /** The size is the one that the version says, that of the row for a part. The location is empty where the row tells none. */
  readonly content: StoredContent;
  /** Its row says that it is lost; otherwise there is no row, or none that tells where the bytes are. */
  readonly lost: boolean;
}

/**
 * Contents that are named and whose rows do not say where they lie, in the order of their hashes: by versions, or as parts of contents that
 * are not lost themselves.
 */
export async function unreadablePage(db: Queryable, after: Buffer, limit: number): Promise<Unreadable[]> {
  const rows = await db.query<{ readonly hash: Buffer; readonly size: string; readonly location: string | null; readonly lost: boolean }>(
    `SELECT n.hash, coalesce(max(n.size), max(b.size), 0) AS size, max(b.location) AS location,
       bool_or(b.state IS NOT DISTINCT FROM 'lost') AS lost
     FROM (
       SELECT v.hash, v.size FROM version v WHERE v.hash > $1
       UNION ALL
       SELECT m.chunk, NULL FROM manifest_chunk m JOIN blob w ON w.hash = m.manifest WHERE m.chunk > $1 AND ${IN_PARTS}
     ) n LEFT JOIN blob b ON b.hash = n.hash
     WHERE NOT coalesce(${STORED}, false) GROUP BY n.hash ORDER BY n.hash LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ hash, size, location, lost }) => ({
    content: { hash: hashText(hash), size: Number(size), location: location ?? '' },
    lost,
  }));
}

/** `DIRECTORY: PATH` of some versions that have a content, or one that consists of it, for people. */
export async function namesOf(db: Queryable, hash: ContentHash, limit: number): Promise<string[]> {
  const rows = await db.query<{ readonly key: string; readonly path: string }>(
    `SELECT DISTINCT d.key, v.path FROM version v JOIN directory d ON d.id = v.directory
     WHERE v.hash IN (SELECT $1::bytea UNION ALL SELECT manifest FROM manifest_chunk WHERE chunk = $1) LIMIT $2`,
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
 * Says that a content is named and its bytes are not there, and neither are those of contents that lie in it: clients that have them are asked
 * for them. Not where the row tells another place by now, because somebody has uploaded it again.
 */
export async function markLost(db: Queryable, { hash, size, location }: StoredContent): Promise<void> {
  const marked = await db.query(
    `INSERT INTO blob AS b (hash, size, location, state) VALUES ($1, $2, '', 'lost')
     ON CONFLICT (hash) DO UPDATE SET state = 'lost' WHERE b.state <> 'deleting' AND b.location = $3 RETURNING 1`,
    [hashBytes(hash), size, location],
  );
  if (marked.length === 0) return;
  await db.query(
    `UPDATE blob SET state = 'lost' WHERE hash IN (
       SELECT w.hash FROM manifest_chunk m JOIN blob w ON w.hash = m.manifest WHERE m.chunk = $1 AND ${IN_PARTS}
         AND EXISTS (SELECT FROM blob c WHERE c.hash = $1 AND c.state = 'lost')
       ORDER BY w.hash FOR NO KEY UPDATE OF w)`,
    [hashBytes(hash)],
  );
}

/** Says where a content lies that was found, unless somebody has said so meanwhile. */
export async function recordFound(db: Queryable, { hash, size, location }: StoredContent, instead: string): Promise<void> {
  // Without a row nobody knows what it consists of, and its parts would be collected.
  if (parseManifestLocation(location) !== null) {
    await db.query(
      `UPDATE blob SET location = $2, state = 'live', condemned_at = NULL WHERE hash = $1 AND location = $2 AND state = 'lost'`,
      [hashBytes(hash), location],
    );
    return;
  }
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
