import { z } from 'zod';
import { bodyFields } from './queries.ts';
import { wire } from './wire.ts';

/** Steps and kept paths that one answer tells; the counts tell of all. */
export const MAX_TOLD_STEPS = 10_000;

/**
 * `POST /api/v1/restore/tree`: a folder, or with no `path` the whole directory, becomes what it was at a moment: at a time, or after a commit
 * (`seq`). What did not exist then stays, unless `exact`. With `plan` nothing is done.
 */
export const restoreTreeRequestSchema = z.object({
  ...bodyFields,
  path: wire.path.optional(),
  at: wire.isoTime.optional(),
  seq: wire.seq.optional(),
  exact: z.boolean().default(false),
  plan: z.boolean().default(false),
});
export type RestoreTreeRequestJson = z.input<typeof restoreTreeRequestSchema>;

/**
 * `POST /api/v1/undo`: takes back what the client with this label did from one moment to another, both included, and keeps what others
 * did. 404 for a label that the directory does not know.
 */
export const undoRequestSchema = z.object({
  ...bodyFields,
  client: wire.label,
  from: wire.isoTime,
  to: wire.isoTime,
  plan: z.boolean().default(false),
});
export type UndoRequestJson = z.input<typeof undoRequestSchema>;

export const revertStepSchema = z.object({
  /** A newer server may have more. */
  action: z.string(),
  path: z.string(),
  /** Of a move, the new name. */
  to: z.string().nullable(),
  /** The version that comes back. */
  version: z.string().nullable(),
});

export const keptPathSchema = z.object({
  path: z.string(),
  reason: z.string(),
  /** The `client_id` of who changed it since. */
  by: z.string().nullable(),
});

/** What was done, or would be. */
export const revertResponseSchema = z.object({
  planned: z.boolean(),
  /** The commit that the directory is brought back to; null for an undo. */
  seq: z.string().nullable(),
  counts: z.object({ restored: z.number().int(), deleted: z.number().int(), moved: z.number().int(), kept: z.number().int() }),
  steps: z.array(revertStepSchema),
  kept: z.array(keptPathSchema),
});
export type RevertResponse = z.infer<typeof revertResponseSchema>;
