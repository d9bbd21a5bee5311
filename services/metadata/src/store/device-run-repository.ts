import type { RememberedRun } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { deviceBytes } from './rows.ts';

/** What is known of a device's latest run; null of a device that was never seen. */
export async function readDeviceRun(db: Queryable, device: string, directory: number): Promise<RememberedRun | null> {
  const [row] = await db.query<{ run: string | null; cursor: string | null }>(
    `SELECT d.run, dd.cursor FROM device d LEFT JOIN device_directory dd ON dd.device = d.id AND dd.directory = $2 WHERE d.id = $1`,
    [deviceBytes(device), directory],
  );
  return row === undefined ? null : { id: row.run, cursor: Number(row.cursor ?? 0) };
}

/** Makes a run the latest of its device, unless another than `before` has become it meanwhile. @returns whether it is */
export async function takeDeviceRun(
  db: Queryable,
  taken: { readonly device: string; readonly client: string; readonly run: string; readonly before: string | null; readonly now: number },
): Promise<boolean> {
  const rows = await db.query<object>(
    `INSERT INTO device AS d (id, client, first_seen, last_seen, run) VALUES ($1, $2, $3, $3, $4)
     ON CONFLICT (id) DO UPDATE SET run = excluded.run WHERE d.run IS NOT DISTINCT FROM $5 RETURNING id`,
    [deviceBytes(taken.device), taken.client, new Date(taken.now), taken.run, taken.before],
  );
  return rows.length === 1;
}
