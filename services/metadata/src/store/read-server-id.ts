import type { Queryable } from '../database/database.ts';

/** Which server this is: the same for all replicas of a database, and for a backup of it. */
export async function readServerId(db: Queryable): Promise<string> {
  const [row] = await db.query<{ id: string }>('SELECT id FROM server_identity');
  if (row === undefined) throw new Error('the table server_identity is empty; the database was not made by the migrations');
  return row.id;
}
