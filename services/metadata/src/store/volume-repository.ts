import type { StoredContent } from '../content/content-store.ts';
import type { Queryable } from '../database/database.ts';
import { hashBytes, hashText } from './rows.ts';

/** Those of the contents that have their row point to just this place. */
export async function contentsLocatedAt(db: Queryable, contents: readonly StoredContent[]): Promise<StoredContent[]> {
  if (contents.length === 0) return [];
  const rows = await db.query<{ readonly hash: Buffer; readonly size: string; readonly location: string }>(
    `SELECT b.hash, b.size, b.location FROM unnest($1::bytea[], $2::text[]) c(hash, location)
     JOIN blob b ON b.hash = c.hash AND b.location = c.location`,
    [contents.map(({ hash }) => hashBytes(hash)), contents.map(({ location }) => location)],
  );
  return rows.map(({ hash, size, location }) => ({ hash: hashText(hash), size: Number(size), location }));
}

/** Points rows to new places, where they still point to the old ones. */
export async function moveContents(
  db: Queryable,
  moves: readonly { readonly from: StoredContent; readonly to: StoredContent }[],
): Promise<void> {
  await db.query(
    `UPDATE blob b SET location = m.new FROM unnest($1::bytea[], $2::text[], $3::text[]) m(hash, old, new)
     WHERE b.hash = m.hash AND b.location = m.old`,
    [moves.map(({ from }) => hashBytes(from.hash)), moves.map(({ from }) => from.location), moves.map(({ to }) => to.location)],
  );
}

/** From now on nothing points into the volume; read grants that did run out. */
export async function retireVolume(db: Queryable, id: string): Promise<void> {
  await db.query('INSERT INTO retired_volume (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', [id]);
}

/** Volumes that were retired at least so many milliseconds ago. */
export async function retiredVolumes(db: Queryable, forMs: number): Promise<string[]> {
  const rows = await db.query<{ readonly id: string }>(
    `SELECT id FROM retired_volume WHERE at <= now() - $1::float8 * interval '1 millisecond' ORDER BY at`,
    [forMs],
  );
  return rows.map(({ id }) => id);
}

export const isRetired = async (db: Queryable, id: string): Promise<boolean> =>
  (await db.query('SELECT 1 FROM retired_volume WHERE id = $1', [id])).length > 0;

export async function forgetVolume(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM retired_volume WHERE id = $1', [id]);
}
