import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { hashText } from '../store/rows.ts';
import { COLLECT_LOCK } from '../store/collect-repository.ts';
import type { ExportedTable, ReferredContent, TablesExport } from './exported-table.ts';

/** Rows that are held at a time. */
const FETCH = 2_000;
/** What TypeORM keeps its own account in. */
const MIGRATIONS = 'migration';

/**
 * Writes every table of the database as it was at one moment into files of a folder, one line of JSON a row. Until `whileFrozen` resolves,
 * no content is removed from the store: everything that these rows name can be copied.
 */
export async function exportTables(
  url: string,
  folder: string,
  whileFrozen: (contents: AsyncIterable<ReferredContent>) => Promise<void>,
): Promise<TablesExport> {
  const client = new pg.Client({ connectionString: url, application_name: 'syncpair-backup', keepAlive: true });
  await client.connect();
  const lost = new Promise<never>((_, reject) => client.once('error', reject));
  lost.catch(() => undefined);
  try {
    await client.query('SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0');
    // Before the moment that the rows are of: no collection removes what was still named then.
    await client.query(`SELECT pg_advisory_lock_shared(${COLLECT_LOCK})`);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const names = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename <> $1 ORDER BY tablename`,
      [MIGRATIONS],
    );
    const migrations = await client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS} ORDER BY id`);
    const tables: ExportedTable[] = [];
    for (const { name } of names.rows) tables.push(await exportTable(client, name, folder));
    const exported = { migrations: migrations.rows.map(({ name }) => name), tables };
    await Promise.race([whileFrozen(referredContents(client)), lost]);
    await client.query('COMMIT');
    return exported;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What versions of the moment name, and what that consists of. */
async function* referredContents(client: pg.Client): AsyncGenerator<ReferredContent> {
  await client.query(
    `DECLARE referred CURSOR FOR SELECT v.hash, b.location FROM (
       SELECT hash FROM version WHERE hash IS NOT NULL UNION
       SELECT m.chunk FROM manifest_chunk m JOIN blob w ON w.hash = m.manifest WHERE w.location LIKE 'manifest:%'
     ) v
     LEFT JOIN blob b ON b.hash = v.hash AND b.location <> '' AND b.state NOT IN ('deleting', 'lost')`,
  );
  for (;;) {
    const page = await client.query<{ hash: Buffer; location: string | null }>(`FETCH ${FETCH} FROM referred`);
    if (page.rows.length === 0) break;
    for (const { hash, location } of page.rows) yield { hash: hashText(hash), location };
  }
  await client.query('CLOSE referred');
}

async function exportTable(client: pg.Client, name: string, folder: string): Promise<ExportedTable> {
  const file = `${name}.ndjson.gz`;
  const path = join(folder, file);
  const sum = createHash('sha256');
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    await client.query(`DECLARE export CURSOR FOR SELECT row_to_json(t)::text AS line FROM ${pg.escapeIdentifier(name)} t`);
    for (;;) {
      const page = await client.query<{ line: string }>(`FETCH ${FETCH} FROM export`);
      if (page.rows.length === 0) break;
      rows += page.rows.length;
      yield `${page.rows.map(({ line }) => line).join('\n')}\n`;
    }
    await client.query('CLOSE export');
  }
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.from(lines()), createGzip(), hashed, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
  const handle = await open(path, 'r+');
  await handle.sync().finally(() => handle.close());
  return { name, file, rows, sha256: sum.digest('hex') };
}
