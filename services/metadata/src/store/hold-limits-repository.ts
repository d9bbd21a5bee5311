import type { HoldsResponse } from '@syncpair/contracts';
import type { HoldLimits } from '@syncpair/sync-core';
import type { Queryable, Transaction } from '../database/database.ts';

/** Who set the limits of a directory, null where the server's own count. */
export async function readHoldLimitsSetter(db: Queryable, directory: number): Promise<HoldsResponse['limits_set']> {
  const [row] = await db.query<{ by: string; at: Date }>(
    'SELECT hold_limits_by AS by, hold_limits_at AS at FROM directory WHERE id = $1 AND hold_limits IS NOT NULL',
    [directory],
  );
  return row === undefined ? null : { by: row.by, at: row.at.toISOString() };
}

export async function writeHoldLimits(
  transaction: Transaction,
  directory: number,
  limits: HoldLimits | null,
  by: string,
  at: Date,
): Promise<void> {
  await transaction.query('UPDATE directory SET hold_limits = $2::jsonb, hold_limits_by = $3, hold_limits_at = $4 WHERE id = $1', [
    directory,
    limits === null ? null : JSON.stringify(limits),
    by,
    at,
  ]);
}
