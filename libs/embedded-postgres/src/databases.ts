import pg from 'pg';
import { EmbeddedPostgresError } from './error.ts';

/** `invalid_password`. */
const WRONG_PASSWORD = '28P01';

/** A database that every server has. */
const MAINTENANCE = 'postgres';

/**
 * Makes the database that `url` names where it does not exist.
 *
 * @throws EmbeddedPostgresError `wrong_password`
 */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await onServer(url, async (client, name) => {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await create(client, name);
    });
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== WRONG_PASSWORD) throw error;
    throw new EmbeddedPostgresError(
      'wrong_password',
      'the file "password" in the folder postgres of the storage directory is not the one of its data: remove it, and a new one is made',
    );
  }
}

/** Makes the database that `url` names, empty. */
export async function createDatabase(url: string): Promise<void> {
  await onServer(url, create);
}

/** Drops the database that `url` names, with whoever is still connected to it. */
export async function dropDatabase(url: string): Promise<void> {
  await onServer(url, (client, name) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`));
}

/** The same server and account, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(name)}`;
  return other.href;
}

function create(client: pg.Client, name: string): Promise<unknown> {
  return client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0`);
}

async function onServer(url: string, work: (client: pg.Client, name: string) => Promise<unknown>): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const client = new pg.Client({ connectionString: withDatabase(url, MAINTENANCE) });
  await client.connect();
  try {
    await work(client, name);
  } finally {
    await client.end();
  }
}
