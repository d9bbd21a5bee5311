import type { Queryable } from './database.ts';

interface Row {
  readonly name: string;
}

/**
 * Whether PostgreSQL keeps what it has committed over a power cut: `ok`, or what is set otherwise and what to do. `synchronous_commit` is not
 * asked for: each transaction sees to that itself.
 *
 * @throws {DomainError} when it does not answer
 */
export async function durabilityOf(db: Queryable): Promise<string> {
  const off = await db.query<Row>(
    "SELECT name FROM (VALUES ('fsync'), ('full_page_writes')) AS asked (name) WHERE current_setting(name) = 'off'",
  );
  if (off.length === 0) return 'ok';
  const names = off.map(({ name }) => name).join(' and ');
  return `PostgreSQL runs with ${names} off: a power cut can take what was acknowledged, and the whole database; set ${names} to on`;
}
