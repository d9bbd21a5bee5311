import { z } from 'zod';
import { historyItemSchema } from './version.ts';

/** A conflict is an object on the server: both sides are kept and can be fetched by version until it is resolved and retention ends. */
export const conflictSchema = z.object({
  id: z.string(),
  path: z.string(),
  /** Both sides changed a content, or one made a folder where the other has something else. */
  kind: z.enum(['content', 'kind']),
  /** The version both sides were made from, or null. */
  base: z.string().nullable(),
  winner: historyItemSchema,
  loser: historyItemSchema,
  /** ISO 8601. */
  at: z.string(),
  resolved: z.object({ choice: z.enum(['winner', 'loser', 'both']), by: z.string(), at: z.string() }).nullable(),
});
export type Conflict = z.infer<typeof conflictSchema>;

export type ConflictChoice = 'winner' | 'loser' | 'both';
