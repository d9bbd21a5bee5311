import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Transform, pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { createDataSource } from '../database/open-database.ts';
import { migrate } from '../database/migrate.ts';
import { BackupUnusable } from './backup-unusable.ts';
import type { ExportedTable, TablesExport } from './exported-table.ts';

/** Bytes of rows that go into one statement. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Fills an empty database with what `exportTables` wrote: first the schema as it was then, then all rows in one transaction, at last new
 * epochs, by which clients notice that the history is not the one they know. Migrations that came later run at the next start.
 *
 * @throws BackupUnusable; the database stays empty but for the schema then
 */
export async function importTables(url: string, folder: string, { migrations, tables }: TablesExport): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'syncpair-restore' });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1');
    if (rows.length > 0) throw new BackupUnusable('the database is not empty; restore into one that is');
    await makeSchema(url, migrations);
    await client.query('BEGIN');
    await client.query('SET LOCAL synchronous_commit = on');
    // Migrations may have put rows of a new server into them.
    for (const { name } of tables) await client.query(`DELETE FROM ${pg.escapeIdentifier(name)}`);
    for (const table of tables) await importTable(client, table, folder);
    await client.query(`UPDATE directory SET epoch = replace(gen_random_uuid()::text, '-', '')`);
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeSchema(url: string, migrations: readonly string[]): Promise<void> {
  const dataSource = createDataSource(url, 2, 'patient');
  const known = new Map((dataSource.options.migrations as (new () => { name: string })[]).map((made) => [new made().name, made]));
  const foreign = migrations.filter((name) => !known.has(name));
  if (foreign.length > 0)
    throw new BackupUnusable(`it was made by a newer SyncPair, whose database has ${foreign.join(', ')}; use that one`);
  dataSource.setOptions({ migrations: migrations.map((name) => known.get(name) as new () => { name: string }) });
  await dataSource.initialize();
  try {
    await migrate(dataSource, { info: () => undefined });
  } finally {
    await dataSource.destroy();
  }
}

async function importTable(client: pg.Client, { name, file, rows, sha256 }: ExportedTable, folder: string): Promise<void> {
  const table = pg.escapeIdentifier(name);
  const columns = await client.query<{ name: string; identity: boolean }>(
    `SELECT column_name AS name, is_identity = 'YES' AS identity FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    [name],
  );
  if (columns.rows.length === 0) throw new BackupUnusable(`its table ${name} is not in the schema`);
  const list = columns.rows.map((column) => pg.escapeIdentifier(column.name)).join(', ');
  const insert = async (lines: readonly string[]): Promise<void> => {
    await client.query(
      `INSERT INTO ${table} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM json_populate_recordset(null::${table}, $1::json)`,
      [`[${lines.join(',')}]`],
    );
  };
  const sum = createHash('sha256');
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      done(null, chunk);
    },
  });
  const text = createGunzip();
  // What fails before ends the text with the same error.
  pipeline(createReadStream(join(folder, file)), hashed, text, () => undefined);
  let [count, bytes, batch] = [0, 0, [] as string[]];
  for await (const line of linesOf(text)) {
    batch.push(line);
    count += 1;
    bytes += line.length;
    if (bytes < BATCH_BYTES) continue;
    await insert(batch);
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) await insert(batch);
  if (count !== rows || sum.digest('hex') !== sha256) throw new BackupUnusable(`${file} is not the file that was written`);
  for (const column of columns.rows.filter(({ identity }) => identity)) {
    const id = pg.escapeIdentifier(column.name);
    await client.query(`SELECT setval(pg_get_serial_sequence($1, $2), max(${id})) FROM ${table} HAVING max(${id}) IS NOT NULL`, [
      table,
      column.name,
    ]);
  }
}

async function* linesOf(text: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
