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
