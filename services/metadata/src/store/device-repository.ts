import type { Seq } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { deviceBytes } from './rows.ts';

export interface DeviceSighting {
  readonly directory: number;
  /** 32 hexadecimal digits. */
  readonly device: string;
  /** The `client_id` that labels it. */
  readonly client: string;
  /** The log up to here was handed to it. */
  readonly cursor: Seq;
  /** The log up to here is on its disk. */
  readonly applied: Seq;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export async function recordSightings(db: Queryable, sightings: readonly DeviceSighting[]): Promise<void> {
  // In one order everywhere: two replicas that write the same devices must not wait for each other in a circle.
  const sorted = sightings.toSorted((a, b) => a.directory - b.directory || (a.device < b.device ? -1 : 1));
  await db.query(
    `WITH s AS (
       SELECT * FROM unnest($1::integer[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
         AS s(directory, device, client, cursor, applied, at)
     ), device_row AS (
       INSERT INTO device AS d (id, client, first_seen, last_seen)
       SELECT DISTINCT ON (device) device, client, at, at FROM s ORDER BY device, at DESC
       ON CONFLICT (id) DO UPDATE SET client = excluded.client, last_seen = greatest(d.last_seen, excluded.last_seen)
     )
     INSERT INTO device_directory AS d (directory, device, client, cursor, applied, first_seen, last_seen)
     SELECT directory, device, client, cursor, applied, at, at FROM s
     ON CONFLICT (directory, device) DO UPDATE SET client = excluded.client, cursor = excluded.cursor, applied = excluded.applied,
       last_seen = greatest(d.last_seen, excluded.last_seen)`,
    [
      sorted.map(({ directory }) => directory),
      sorted.map(({ device }) => deviceBytes(device)),
      sorted.map(({ client }) => client),
      sorted.map(({ cursor }) => cursor),
      sorted.map(({ applied }) => applied),
      sorted.map(({ at }) => new Date(at)),
    ],
  );
}

export interface DeviceStanding {
  readonly device: string;
  readonly client: string;
  readonly applied: Seq;
  readonly lastSeen: Date;
  /** An open event stream was seen lately, and counts until then. */
  readonly connectedUntil: Date | null;
}

/** The devices of a directory that were seen, the latest first. */
export async function readDevices(db: Queryable, directory: number): Promise<DeviceStanding[]> {
  const rows = await db.query<{ device: Buffer; client: string; applied: string; last_seen: Date; connected_until: Date | null }>(
    'SELECT device, client, applied, last_seen, connected_until FROM device_directory WHERE directory = $1 ORDER BY last_seen DESC, device',
    [directory],
  );
  return rows.map((row) => ({
    device: row.device.toString('hex'),
    client: row.client,
    applied: Number(row.applied),
    lastSeen: row.last_seen,
    connectedUntil: row.connected_until,
  }));
}

/** A device that reads the events of a directory. */
export interface ConnectedDevice {
  readonly directory: number;
  readonly device: string;
}

/** Notes until when these devices count as connected; null: not any more. Devices that never asked for changes are left out. */
export async function recordConnected(db: Queryable, connected: readonly ConnectedDevice[], until: Date | null): Promise<void> {
  if (connected.length === 0) return;
  await db.query(
    `UPDATE device_directory d SET connected_until = $3, last_seen = greatest(d.last_seen, now())
     FROM (
       SELECT d.directory, d.device FROM unnest($1::integer[], $2::bytea[]) c(directory, device)
       JOIN device_directory d USING (directory, device) ORDER BY 1, 2 FOR UPDATE OF d
     ) c WHERE d.directory = c.directory AND d.device = c.device`,
    [connected.map(({ directory }) => directory), connected.map(({ device }) => deviceBytes(device)), until],
  );
}
