import { z } from 'zod';
import { holdDecisionSchema, holdKindSchema, holdLimitsSchema, holdSchema } from './hold.ts';
import { wire } from './wire.ts';

const bodyFields = { client_id: wire.label, directory: wire.label, shared: z.boolean().default(false) };

/** Paths in one `registerHold` request. */
export const MAX_HELD_PATHS_PER_REQUEST = 1_000;

const holdId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'not a hold id');

/** `GET /api/v1/holds`: those that wait, the newest first; with `decided=true` those of the last 30 days that were decided, too. */
export const holdsQuerySchema = z.object({
  client_id: wire.label,
  directory: wire.label,
  shared: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  decided: z.enum(['true', 'false']).default('false'),
});
export const holdsResponseSchema = z.object({
  holds: z.array(holdSchema),
  revision: z.number().int(),
  /** The limits in force on the server for this directory. */
  limits: holdLimitsSchema,
  /** Who set them and when, null for the server's default. */
  limits_set: z.object({ by: z.string(), at: z.string() }).nullable(),
});
export type HoldsResponse = z.infer<typeof holdsResponseSchema>;

/**
 * `POST /api/v1/holds`: a client tells of changes that it holds itself, so that every member sees them and may decide. `id` is the
 * client's own; a repeated request changes nothing, one with further paths adds them. A hold that was decided meanwhile is answered as it
 * is and takes no paths.
 */
export const registerHoldSchema = z.object({
  ...bodyFields,
  device: wire.deviceId,
  id: holdId,
  kind: holdKindSchema,
  reason: z.string().max(1_000),
  live: z.number().int().nonnegative(),
  /** The versions that the held changes were made from. */
  paths: z.array(z.object({ path: wire.path, version: wire.version })).max(MAX_HELD_PATHS_PER_REQUEST),
  /** Paths that wait no longer, since they are there again; a hold without paths is rejected by itself. */
  released: z.array(wire.path).max(MAX_HELD_PATHS_PER_REQUEST).default([]),
});
export type RegisterHoldJson = z.input<typeof registerHoldSchema>;

/**
 * `POST /api/v1/holds/decide`: the first decision counts; the same one again is answered as it was, another one with `conflict` and the
 * name of who decided.
 */
export const decideHoldSchema = z.object({ ...bodyFields, id: holdId, decision: holdDecisionSchema });

/** `POST /api/v1/holds/limits`: the server's own limits for a directory, whatever its clients are set to. Null: the server's default. */
export const holdSettingsSchema = z.object({ ...bodyFields, limits: holdLimitsSchema.nullable() });
