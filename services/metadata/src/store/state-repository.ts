import type { RelativePath, VersionId } from '@syncpair/contracts';
import { splitVersionId } from '@syncpair/contracts';
import type { AnsweredChange, StoredVersion } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { VERSION_COLUMNS, type VersionRow, columnsOf, deviceBytes, pastColumnsOf, pathHash, toStored, toVersionId } from './rows.ts';

/** What a set of changes needs to know of its directory, each question one statement however many paths it names. */

export async function readHeads(
  db: Queryable,
  directory: number,
  paths: readonly RelativePath[],
): Promise<Map<RelativePath, StoredVersion>> {
  if (paths.length === 0) return new Map();
  const rows = await db.query<VersionRow>(
    `SELECT ${columnsOf('e', VERSION_COLUMNS)} FROM entry e WHERE e.directory = $1 AND e.path_hash = ANY($2::bytea[])`,
    [directory, paths.map(pathHash)],
  );
  return new Map(rows.map((row) => [row.path as RelativePath, toStored(row)]));
}

export interface NamedVersion {
  readonly path: RelativePath;
  readonly version: VersionId;
}

export async function readVersions(
  db: Queryable,
  directory: number,
  named: readonly NamedVersion[],
): Promise<{ readonly path: RelativePath; readonly stored: StoredVersion }[]> {
  if (named.length === 0) return [];
  const ids = named.map(({ version }) => splitVersionId(version));
  const rows = await db.query<VersionRow>(
    // LATERAL with a limit keeps the plan at one index probe per row, whatever the statistics say.
    `SELECT ${pastColumnsOf(VERSION_COLUMNS)}
     FROM unnest($2::bytea[], $3::bigint[], $4::integer[]) q(path_hash, seq, ordinal)
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.seq = q.seq AND v.ordinal = q.ordinal LIMIT 1
     ) v`,
    [directory, named.map(({ path }) => pathHash(path)), ids.map(({ seq }) => seq), ids.map(({ ordinal }) => ordinal)],
  );
  return rows.map((row) => ({ path: row.path as RelativePath, stored: toStored(row) }));
}

/** More children than this are counted as this many: a decision asks whether a handful of deletions empties a folder. */
const COUNTED_CHILDREN = 10_000;

export async function countLiveChildren(
  db: Queryable,
  directory: number,
  folders: readonly RelativePath[],
): Promise<Map<RelativePath, number>> {
  if (folders.length === 0) return new Map();
  const rows = await db.query<{ position: string; children: string }>(
    `SELECT q.position, c.children
     FROM unnest($2::bytea[]) WITH ORDINALITY q(parent_hash, position)
     CROSS JOIN LATERAL (
       SELECT count(*) AS children FROM (
         SELECT 1 FROM entry e WHERE e.directory = $1 AND e.parent_hash = q.parent_hash AND e.kind <> 0 LIMIT ${COUNTED_CHILDREN}
       ) rows
     ) c`,
    [directory, folders.map(pathHash)],
  );
  return new Map(rows.map((row) => [folders[Number(row.position) - 1] as RelativePath, Number(row.children)]));
}

export interface NamedChange {
  readonly device: string;
  readonly changeId: string;
}

export async function readAnswered(
  db: Queryable,
  directory: number,
  named: readonly NamedChange[],
): Promise<(NamedChange & { readonly answer: AnsweredChange })[]> {
  if (named.length === 0) return [];
  const rows = await db.query<VersionRow & { position: string; lost: boolean; contested: boolean }>(
    `SELECT q.position, ${pastColumnsOf(VERSION_COLUMNS)}, v.lost, c.seq IS NOT NULL AS contested
     FROM unnest($2::bytea[], $3::text[]) WITH ORDINALITY q(device, change_id, position)
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = $1 AND v.device = q.device AND v.change_id = q.change_id LIMIT 1
     ) v
     LEFT JOIN conflict c ON c.directory = $1 AND c.seq = v.seq AND c.ordinal = v.ordinal`,
    [directory, named.map(({ device }) => deviceBytes(device)), named.map(({ changeId }) => changeId)],
  );
  return rows.map((row) => ({
    ...(named[Number(row.position) - 1] as NamedChange),
    answer: {
      path: row.path as RelativePath,
      version: toStored(row),
      conflict: row.contested ? `c${toVersionId(row.seq, row.ordinal)}` : null,
      lost: row.lost,
    },
  }));
}
