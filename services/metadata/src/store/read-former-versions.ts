import type { FileEntry, LinkEntry, RelativePath } from '@syncpair/contracts';
import type { FormerVersion } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { KIND, VERSION_COLUMNS, type VersionRow, columnsOf, pathHash, toStored } from './rows.ts';

/** Versions of one path with one content that are looked at: more of them are touches of a file that comes and goes. */
const MOST = 16;

/** What a path may have held once. */
export interface NamedContent {
  readonly path: RelativePath;
  readonly entry: FileEntry | LinkEntry;
}

/** Of each path and content: the versions that are or were the head of the path with it, the latest first. In the order of what was asked. */
export async function readFormerVersions(db: Queryable, directory: number, asked: readonly NamedContent[]): Promise<FormerVersion[][]> {
  if (asked.length === 0) return [];
  const rows = await db.query<VersionRow & { position: string; deleted: boolean }>(
    `SELECT q.position, ${columnsOf('v', VERSION_COLUMNS)}, EXISTS (
       SELECT 1 FROM version t WHERE t.directory = $1 AND t.path_hash = q.path_hash AND t.kind = ${KIND.tombstone}
         AND (t.seq, t.ordinal) > (v.seq, v.ordinal)
     ) AS deleted
     FROM unnest($2::bytea[], $3::bytea[], $4::text[]) WITH ORDINALITY q(path_hash, hash, target, position)
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = $1 AND v.path_hash = q.path_hash AND NOT v.lost AND (v.hash = q.hash OR v.target = q.target)
       ORDER BY v.seq DESC, v.ordinal DESC LIMIT ${MOST}
     ) v ORDER BY q.position, v.seq DESC, v.ordinal DESC`,
    [
      directory,
      asked.map(({ path }) => pathHash(path)),
      asked.map(({ entry }) => (entry.kind === 'file' ? Buffer.from(entry.hash, 'hex') : null)),
      asked.map(({ entry }) => (entry.kind === 'link' ? entry.target : null)),
    ],
  );
  const found: FormerVersion[][] = asked.map(() => []);
  for (const row of rows) found[Number(row.position) - 1]?.push({ version: toStored(row), isDeletedSince: row.deleted });
  return found;
}
