import { z } from 'zod';

/** Why one path is not as it should be; it is tried again until it is mended. */
export const problemSchema = z.object({ path: z.string(), code: z.string(), message: z.string() });
export type Problem = z.infer<typeof problemSchema>;

const pendingSchema = z.object({ files: z.number().int(), bytes: z.number() });

export const directoryStatusSchema = z.object({
  name: z.string(),
  /** The directory's key on the server. */
  namespace: z.string(),
  local_path: z.string(),
  state: z.enum(['in_sync', 'syncing', 'scanning', 'paused', 'held', 'offline', 'error']),
  /** True only when the disk was scanned, the server holds all of it, and all up to the server's head was applied here. */
  in_sync: z.boolean(),
  cursor: z.string(),
  pending: z.object({ upload: pendingSchema, download: pendingSchema, delete: z.number().int() }),
  problems: z.array(problemSchema),
  conflicts: z.number().int(),
  holds: z.number().int(),
  /** Paths that were synchronised and are ignored now: neither changed nor deleted. */
  frozen: z.number().int(),
  /** `coverage`: the part of the folders that is watched, 0 to 1; `reason`: why that is not all of them, null when it is. */
  watch: z.object({ mode: z.enum(['events', 'polling']), coverage: z.number(), reason: z.string().nullable().default(null) }),
  /** ISO 8601, or null when there was none. */
  last_sync: z.string().nullable(),
  /** The latest thing that was recognised and dealt with, such as a server restored from a backup. `at`: ISO 8601. */
  notice: z.object({ at: z.string(), message: z.string() }).nullable().optional(),
});
export type DirectoryStatus = z.infer<typeof directoryStatusSchema>;

/** `syncpair status --json`. */
export const statusSchema = z.object({
  client: z.string(),
  /** False when no client runs, and this is what the last one left behind. */
  running: z.boolean().optional(),
  server: z.object({ url: z.string(), reachable: z.boolean(), epoch: z.string().nullable() }),
  directories: z.array(directoryStatusSchema),
  /** The limits for contents that hold now, bytes a second, each null where that way has none; null while none holds. `changes_at`: ISO 8601. */
  bandwidth: z
    .object({ upload: z.number().nullable(), download: z.number().nullable(), changes_at: z.string().nullable() })
    .nullable()
    .optional(),
});
export type Status = z.infer<typeof statusSchema>;
