import type { Seq } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';

/** The mark of one commit: null where it has none, `unknown` where there is no such commit any more. */
export async function readMark(db: Queryable, directory: number, seq: Seq): Promise<string | null | 'unknown'> {
  const [row] = await db.query<{ mark: string | null }>('SELECT mark FROM commit WHERE directory = $1 AND seq = $2', [directory, seq]);
  return row === undefined ? 'unknown' : row.mark;
}
