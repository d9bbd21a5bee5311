import pg from 'pg';
import { EmbeddedPostgresError } from './error.ts';

/** `invalid_catalog_name`: there is no database of that name. */
const NO_SUCH_DATABASE = '3D000';
/** `invalid_password`. */
const WRONG_PASSWORD = '28P01';

/**
 * Makes the database that `url` names where it does not exist.
 *
 * @throws EmbeddedPostgresError `wrong_password`
 */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await query(url, 'SELECT 1');
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code === WRONG_PASSWORD) {
      throw new EmbeddedPostgresError(
        'wrong_password',
        'the file "password" in the folder postgres of the storage directory is not the one of its data: remove it, and a new one is made',
      );
    }
    if (code !== NO_SUCH_DATABASE) throw error;
    await createDatabase(url);
  }
}

/** Makes the database that `url` names, empty. */
export async function createDatabase(url: string): Promise<void> {
  await query(maintenanceUrl(url), `CREATE DATABASE ${nameIn(url)} TEMPLATE template0`);
}

/** Drops the database that `url` names, with whoever is still connected to it. */
export async function dropDatabase(url: string): Promise<void> {
  await query(maintenanceUrl(url), `DROP DATABASE IF EXISTS ${nameIn(url)} WITH (FORCE)`);
}

/** The same server and account, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

function maintenanceUrl(url: string): string {
  return withDatabase(url, 'postgres');
}

function nameIn(url: string): string {
  return pg.escapeIdentifier(decodeURIComponent(new URL(url).pathname.slice(1)));
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
