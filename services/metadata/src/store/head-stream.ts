import type { Head } from '@syncpair/contracts';
import type { Transaction } from '../database/database.ts';
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
