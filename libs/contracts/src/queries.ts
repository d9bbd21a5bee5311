import { z } from 'zod';
import { conflictSchema } from './conflict.ts';
import { historyItemSchema } from './version.ts';
import { wire } from './wire.ts';

/**
 * Calls of people and scripts about one directory, beside the daemon's own: who asks stands in the body, or in the query of a GET. They
 * come from a command, not from a device, so they carry no device id and no cursor.
 */
const askingFields = { client_id: wire.label, directory: wire.label };
/** For bodies. */
export const bodyFields = { ...askingFields, shared: z.boolean().default(false) };
/** For query strings. */
export const queryFields = {
  ...askingFields,
  shared: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
};

/** Versions in one answer of `history`, when the request names no number. */
export const DEFAULT_HISTORY_LIMIT = 1_000;

/**
 * `GET /api/v1/history`: versions, the newest first. With `path` those of that path and of everything below it. `before` is the `next` of
 * an earlier answer.
 */
export const historyQuerySchema = z.object({
  ...queryFields,
  path: wire.path.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(DEFAULT_HISTORY_LIMIT),
  before: z.string().max(8192).optional(),
});
export const historyResponseSchema = z.object({
  versions: z.array(historyItemSchema),
  /** Where older versions go on, opaque; null at the end. */
  next: z.string().nullable(),
});
export type HistoryResponse = z.infer<typeof historyResponseSchema>;

/** `POST /api/v1/restore`: an old version becomes the new head of its path. 404 where there is no such version. */
export const restoreRequestSchema = z.object({ ...bodyFields, path: wire.path, version: wire.version });
export type RestoreRequestJson = z.input<typeof restoreRequestSchema>;
export const restoreResponseSchema = z.object({
  path: z.string(),
  /** The new head; the present one when it says the same already. */
  version: z.string(),
  restored_from: z.string(),
  /** False when the head was the same already. */
  changed: z.boolean(),
});
export type RestoreResponse = z.infer<typeof restoreResponseSchema>;

/** `GET /api/v1/conflicts`: the open ones, the newest first; with `resolved=true` the resolved ones too. */
export const conflictsQuerySchema = z.object({ ...queryFields, resolved: z.enum(['true', 'false']).default('false') });
export const conflictsResponseSchema = z.object({ conflicts: z.array(conflictSchema) });
export type ConflictsResponse = z.infer<typeof conflictsResponseSchema>;

/**
 * `POST /api/v1/conflicts/resolve`: `winner` leaves the head as it is, `loser` makes the other side the head, `both` keeps the winner and
 * puts the loser beside it under the name of a conflict copy. A conflict that is resolved already is answered as it is.
 */
export const resolveRequestSchema = z.object({ ...bodyFields, id: z.string().min(1).max(64), choice: z.enum(['winner', 'loser', 'both']) });
export type ResolveRequestJson = z.input<typeof resolveRequestSchema>;
export const resolveResponseSchema = z.object({
  conflict: conflictSchema,
  /** Paths that the choice wrote. */
  written: z.array(z.string()),
});
export type ResolveResponse = z.infer<typeof resolveResponseSchema>;

/**
 * `GET /api/v1/tree`: everything that is live, or was live at `at`, as NDJSON like a snapshot: a line with epoch and seq
 * (`snapshotHeaderSchema`), a line per path (`headSchema`) in the order of paths, an end line (`snapshotEndSchema`). A stream without its end line was cut.
 */
export const treeQuerySchema = z.object({ ...queryFields, at: wire.isoTime.optional() });

/** `GET /api/v1/devices`: who synchronises the directory, and how far each has come. */
export const devicesQuerySchema = z.object(queryFields);
export const deviceSchema = z.object({
  device: z.string(),
  /** The label it goes by, a `client_id`. */
  client: z.string(),
  /** The sequence number up to which it has applied everything to its disk. */
  applied: z.string(),
  /** True while an event stream of it is open. */
  connected: z.boolean(),
  /** ISO 8601. */
  last_seen: z.string(),
});
export type Device = z.infer<typeof deviceSchema>;
export const devicesResponseSchema = z.object({
  /** The directory's latest sequence number. */
  head: z.string(),
  devices: z.array(deviceSchema),
});
export type DevicesResponse = z.infer<typeof devicesResponseSchema>;
