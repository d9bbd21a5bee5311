import { z } from 'zod';

/** Deletions that wait for a person. Only they wait; everything else goes on. */
export const holdSchema = z.object({
  id: z.string(),
  directory: z.string(),
  kind: z.literal('deletions'),
  /** Paths that wait. */
  paths: z.number().int(),
  /** The first few, to recognise them by. */
  sample: z.array(z.string()),
  /** Live paths when the window began. */
  live: z.number().int(),
  /** Why it is held, in words. */
  reason: z.string(),
  /** ISO 8601. */
  since: z.string(),
});
export type Hold = z.infer<typeof holdSchema>;
