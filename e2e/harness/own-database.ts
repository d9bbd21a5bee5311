import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Does something in the PostgreSQL that runs inside of a server with this storage. */
export async function inDatabase<T>(storageDir: string, work: (database: pg.Client) => Promise<T>): Promise<T> {
  const folder = join(storageDir, 'postgres');
  const port = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const password = readFileSync(join(folder, 'password'), 'utf8').trim();
  const database = new pg.Client({ host: '127.0.0.1', port, user: 'syncpair', password, database: 'syncpair' });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}
