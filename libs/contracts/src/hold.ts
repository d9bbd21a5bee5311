import { z } from 'zod';

/** `approve` lets the held changes happen, `reject` brings back what was there. */
export const holdDecisionSchema = z.enum(['approve', 'reject']);
export type HoldDecision = z.infer<typeof holdDecisionSchema>;

/** What waits: paths that are gone on one device, or that have other contents there. */
export const holdKindSchema = z.enum(['deletions', 'overwrites']);
export type HoldKind = z.infer<typeof holdKindSchema>;

/** Changes of one device that wait for a person because they are too many. Only they wait; everything else goes on. */
export const holdSchema = z.object({
  id: z.string(),
  directory: z.string(),
  kind: holdKindSchema,
  /** Who found them too many: the client that made them, or the server. */
  origin: z.enum(['client', 'server']),
  /** The `client_id` whose changes wait. */
  client: z.string(),
  /** Paths that wait. */
  paths: z.number().int(),
  /** The first few, to recognise them by. */
  sample: z.array(z.string()),
  /** Live files and links when the window began. */
  live: z.number().int(),
  /** Why it is held, in words. */
  reason: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** Null while it waits. `done` paths were changed as approved, `kept` ones were left because they had changed since they were held. */
  decided: z
    .object({
      decision: holdDecisionSchema,
      by: z.string(),
      at: z.string(),
      done: z.number().int(),
      kept: z.number().int(),
      /** False while an approval is still being carried out. */
      finished: z.boolean(),
    })
    .nullable(),
});
export type Hold = z.infer<typeof holdSchema>;

/** What the answers and events of a directory tell of its holds; a reader that knows another revision asks for the list. */
export const holdStateSchema = z.object({
  /** Holds that wait. */
  open: z.number().int().nonnegative(),
  /** Grows with every hold, decision and change of the limits. */
  revision: z.number().int().nonnegative(),
});
export type HoldState = z.infer<typeof holdStateSchema>;

/** How many deletions wait for a person: more than `files`, and more than `percent` of what was live; or never. */
export const holdLimitsSchema = z.union([
  z.object({ files: z.number().int().min(0).max(1_000_000_000), percent: z.number().int().min(0).max(100) }),
  z.literal('off'),
]);
