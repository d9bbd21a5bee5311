import { z } from 'zod';
import { type Head, encodeHead, headSchema } from './version.ts';
import type { VersionId } from './version-id.ts';
import { wire } from './wire.ts';

/**
 * The server's answer to one change.
 *
 * - `committed`: the change is the head now. `conflict` names the conflict it won, if there was one.
 * - `merged`: content, executable bit and mtime of both sides were joined into `head`, which differs from what was proposed. `older`, where it
 *   is there: what was proposed is nothing new but this version, which the head was made from.
 * - `current`: nothing to do, `head` already says the same.
 * - `needs_content`: the server lacks the bytes; upload them with the grant of the answer and propose the change again, same id.
 * - `lost`: a concurrent version won. What was proposed is kept as `version` and listed as `conflict`; `head` is the winner.
 * - `superseded`: a deletion, touch or move that a concurrent edit outlives; nothing was kept, `head` (null: none) is the truth.
 * - `held`: a deletion that waits for a person as part of `hold`, because there are too many; the path stays. Only for clients that say
 *   they know it; others get `superseded`.
 * - `rejected`: refused for a reason that repeating does not mend.
 */
export type Outcome =
  | { readonly id: string; readonly status: 'committed'; readonly version: VersionId; readonly conflict: string | null }
  | { readonly id: string; readonly status: 'merged'; readonly head: Head; readonly older?: VersionId | undefined }
  | { readonly id: string; readonly status: 'current'; readonly head: Head | null }
  | { readonly id: string; readonly status: 'needs_content' }
  | { readonly id: string; readonly status: 'lost'; readonly version: VersionId; readonly conflict: string; readonly head: Head }
  | { readonly id: string; readonly status: 'superseded'; readonly head: Head | null }
  | { readonly id: string; readonly status: 'held'; readonly hold: string }
  | { readonly id: string; readonly status: 'rejected'; readonly code: string; readonly message: string };

export const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ id: z.string(), status: z.literal('committed'), version: wire.version, conflict: z.string().nullable() }),
  z.object({ id: z.string(), status: z.literal('merged'), head: headSchema, older: wire.version.optional() }),
  z.object({ id: z.string(), status: z.literal('current'), head: headSchema.nullable() }),
  z.object({ id: z.string(), status: z.literal('needs_content') }),
  z.object({ id: z.string(), status: z.literal('lost'), version: wire.version, conflict: z.string(), head: headSchema }),
  z.object({ id: z.string(), status: z.literal('superseded'), head: headSchema.nullable() }),
  z.object({ id: z.string(), status: z.literal('held'), hold: z.string() }),
  z.object({ id: z.string(), status: z.literal('rejected'), code: z.string(), message: z.string() }),
]);
export type OutcomeJson = z.input<typeof outcomeSchema>;

export function encodeOutcome(outcome: Outcome): OutcomeJson {
  switch (outcome.status) {
    case 'merged':
    case 'lost':
      return { ...outcome, head: encodeHead(outcome.head) };
    case 'current':
    case 'superseded':
      return { ...outcome, head: outcome.head && encodeHead(outcome.head) };
    case 'committed':
    case 'needs_content':
    case 'held':
    case 'rejected':
      return { ...outcome };
  }
}
