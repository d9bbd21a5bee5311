import type { RelativePath, VersionId } from '@syncpair/contracts';
import { splitVersionId } from '@syncpair/contracts';
import type { AnsweredChange, StoredVersion } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { VERSION_COLUMNS, type VersionRow, columnsOf, deviceBytes, pastColumnsOf, pathHash, toStored, toVersionId } from './rows.ts';

/**
 * What changes need to know of their directories: each question is one statement, however many paths of however many directories it names, and
 * its answers come in the order of what was asked.
 */

/** A path in one of the directories. */
export interface Place {
  readonly directory: number;
  readonly path: RelativePath;
}

const directoriesOf = (asked: readonly { readonly directory: number }[]): number[] => asked.map(({ directory }) => directory);
const keysOf = (asked: readonly Place[]): Buffer[] => asked.map(({ path }) => pathHash(path));

/** One answer for each question, from rows that tell whose they are. */
function inOrder<Row extends { readonly position: string }, Answer>(
  asked: readonly unknown[],
  rows: readonly Row[],
  answerOf: (row: Row) => Answer,
): (Answer | null)[] {
  const answers: (Answer | null)[] = asked.map(() => null);
  for (const row of rows) answers[Number(row.position) - 1] = answerOf(row);
  return answers;
}

/** The heads of these paths; null where there never was any. */
export async function readHeadsAt(db: Queryable, asked: readonly Place[]): Promise<(StoredVersion | null)[]> {
  if (asked.length === 0) return [];
  const rows = await db.query<VersionRow & { position: string }>(
    // LATERAL with a limit keeps the plan at one index probe per row, whatever the statistics say; here and below.
    `SELECT q.position, ${columnsOf('e', VERSION_COLUMNS)}
     FROM unnest($1::integer[], $2::bytea[]) WITH ORDINALITY q(directory, path_hash, position)
     CROSS JOIN LATERAL (SELECT * FROM entry e WHERE e.directory = q.directory AND e.path_hash = q.path_hash LIMIT 1) e`,
    [directoriesOf(asked), keysOf(asked)],
  );
  return inOrder(asked, rows, toStored);
}

/** The heads of paths of one directory, where there are any. */
export async function readHeads(
  db: Queryable,
  directory: number,
  paths: readonly RelativePath[],
): Promise<Map<RelativePath, StoredVersion>> {
  const heads = await readHeadsAt(
    db,
    paths.map((path) => ({ directory, path })),
  );
  return new Map(
    paths.flatMap((path, index) => {
      const head = heads[index] ?? null;
      return head === null ? [] : [[path, head]];
    }),
  );
}

export interface NamedVersion {
  readonly path: RelativePath;
  readonly version: VersionId;
}

/** These versions; null where there is none. */
export async function readVersionsAt(db: Queryable, asked: readonly (Place & NamedVersion)[]): Promise<(StoredVersion | null)[]> {
  if (asked.length === 0) return [];
  const ids = asked.map(({ version }) => splitVersionId(version));
  const rows = await db.query<VersionRow & { position: string }>(
    `SELECT q.position, ${pastColumnsOf(VERSION_COLUMNS)}
     FROM unnest($1::integer[], $2::bytea[], $3::bigint[], $4::integer[]) WITH ORDINALITY q(directory, path_hash, seq, ordinal, position)
     CROSS JOIN LATERAL (
       SELECT * FROM version v
       WHERE v.directory = q.directory AND v.path_hash = q.path_hash AND v.seq = q.seq AND v.ordinal = q.ordinal LIMIT 1
     ) v`,
    [directoriesOf(asked), keysOf(asked), ids.map(({ seq }) => seq), ids.map(({ ordinal }) => ordinal)],
  );
  return inOrder(asked, rows, toStored);
}

/** A version of one directory, null where there is none. */
export async function readVersion(db: Queryable, directory: number, named: NamedVersion): Promise<StoredVersion | null> {
  const [stored] = await readVersionsAt(db, [{ directory, ...named }]);
  return stored ?? null;
}

/** More children than this are counted as this many: a decision asks whether a handful of deletions empties a folder. */
const COUNTED_CHILDREN = 10_000;

/** How much lives directly in each of these folders. */
export async function countLiveChildrenAt(db: Queryable, asked: readonly Place[]): Promise<number[]> {
  if (asked.length === 0) return [];
  const rows = await db.query<{ position: string; children: string }>(
    `SELECT q.position, c.children
     FROM unnest($1::integer[], $2::bytea[]) WITH ORDINALITY q(directory, parent_hash, position)
     CROSS JOIN LATERAL (
       SELECT count(*) AS children FROM (
         SELECT 1 FROM entry e WHERE e.directory = q.directory AND e.parent_hash = q.parent_hash AND e.kind <> 0 LIMIT ${COUNTED_CHILDREN}
       ) rows
     ) c`,
    [directoriesOf(asked), keysOf(asked)],
  );
  return inOrder(asked, rows, ({ children }) => Number(children)).map((count) => count ?? 0);
}

/** How much lives directly in each of these folders of one directory. */
export async function countLiveChildren(
  db: Queryable,
  directory: number,
  folders: readonly RelativePath[],
): Promise<Map<RelativePath, number>> {
  const counts = await countLiveChildrenAt(
    db,
    folders.map((path) => ({ directory, path })),
  );
  return new Map(folders.map((folder, index) => [folder, counts[index] ?? 0]));
}

/** A change by the id that its device gave it. */
export interface NamedChange {
  readonly directory: number;
  readonly device: string;
  readonly changeId: string;
}

/** What came of these changes; null where they were never carried out. */
export async function readAnswered(db: Queryable, asked: readonly NamedChange[]): Promise<(AnsweredChange | null)[]> {
  if (asked.length === 0) return [];
  const rows = await db.query<VersionRow & { position: string; lost: boolean; contested: boolean }>(
    `SELECT q.position, ${pastColumnsOf(VERSION_COLUMNS)}, v.lost, c.seq IS NOT NULL AS contested
     FROM unnest($1::integer[], $2::bytea[], $3::text[]) WITH ORDINALITY q(directory, device, change_id, position)
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = q.directory AND v.device = q.device AND v.change_id = q.change_id LIMIT 1
     ) v
     LEFT JOIN conflict c ON c.directory = v.directory AND c.seq = v.seq AND c.ordinal = v.ordinal`,
    [directoriesOf(asked), asked.map(({ device }) => deviceBytes(device)), asked.map(({ changeId }) => changeId)],
  );
  return inOrder(asked, rows, (row) => ({
    path: row.path as RelativePath,
    version: toStored(row),
    conflict: row.contested ? `c${toVersionId(row.seq, row.ordinal)}` : null,
    lost: row.lost,
  }));
}
