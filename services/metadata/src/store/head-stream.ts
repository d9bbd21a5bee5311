import { type Head, NANOSECONDS_PER_MS, type Nanoseconds, type Seq } from '@syncpair/contracts';
import type { Queryable, Transaction } from '../database/database.ts';
import { HEAD_COLUMNS, type HeadRow, columnsOf, toHead } from './rows.ts';

const ROWS = 1_000;

/** Rows of a query through a cursor of the server, a batch at a time. */
export async function* readCursor<Row>(transaction: Transaction, sql: string, parameters: readonly unknown[]): AsyncGenerator<Row[]> {
  await transaction.query(`DECLARE rows NO SCROLL CURSOR FOR ${sql}`, parameters);
  for (;;) {
    const rows = await transaction.query<Row>(`FETCH ${ROWS} FROM rows`);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS) break;
  }
  await transaction.query('CLOSE rows');
}

/** The live heads of a directory, parents before their children, a batch at a time. */
export async function* streamHeads(transaction: Transaction, directory: number): AsyncGenerator<Head[]> {
  const rows = readCursor<HeadRow>(
    transaction,
    `SELECT ${columnsOf('e', HEAD_COLUMNS)} FROM entry e WHERE e.directory = $1 AND e.kind <> 0 ORDER BY left(e.path, 512), e.path`,
    [directory],
  );
  for await (const batch of rows) yield batch.map(toHead);
}

/** The heads of a directory as they were after commit `seq`. */
export async function* streamHeadsAt(transaction: Transaction, directory: number, seq: Seq): AsyncGenerator<Head[]> {
  const rows = readCursor<HeadRow>(
    transaction,
    `SELECT ${columnsOf('h', HEAD_COLUMNS)} FROM (
       SELECT DISTINCT ON (v.path_hash) ${columnsOf('v', HEAD_COLUMNS)} FROM version v
       WHERE v.directory = $1 AND v.seq <= $2 AND NOT v.lost ORDER BY v.path_hash DESC, v.seq DESC, v.ordinal DESC
     ) h WHERE h.kind <> 0 ORDER BY h.path`,
    [directory, seq],
  );
  for await (const batch of rows) yield batch.map(toHead);
}

/** Commits that may come within the difference of two replicas' clocks. */
const SKEWED_COMMITS = 200;

/** The last commit of a directory that was made no later than this; 0 when there was none. */
export async function seqAt(db: Queryable, directory: number, time: Nanoseconds): Promise<Seq> {
  const [row] = await db.query<{ seq: string | null }>(
    // Clocks of replicas differ a little, so the last commit is looked for among those of the last moments.
    `SELECT max(seq) AS seq FROM (
       SELECT seq FROM commit WHERE directory = $1 AND at <= to_timestamp($2::float8 / 1000) ORDER BY at DESC, seq DESC LIMIT ${SKEWED_COMMITS}
     ) latest`,
    [directory, Number(time / NANOSECONDS_PER_MS)],
  );
  return Number(row?.seq ?? 0);
}
