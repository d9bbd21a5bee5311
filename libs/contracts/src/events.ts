import { z } from 'zod';
import { commitSchema } from './commit.ts';
import { holdStateSchema } from './hold.ts';
import { wire } from './wire.ts';

/** Bytes; a larger content is fetched by its reader instead of riding along with the event. */
export const MAX_EVENT_CONTENT_BYTES = 16 * 1024;
/** Milliseconds between two heartbeats of an idle stream. */
export const HEARTBEAT_MS = 15_000;
/** Milliseconds without a byte after which a reader counts the stream as lost. */
export const SILENCE_MS = 40_000;
/** Unsent bytes of one stream above which it gets only `head` events. */
export const MAX_UNSENT_BYTES = 256 * 1024;

/**
 * `GET /events`: server-sent events for any number of directories of one client, one `data:` line of JSON each, the `event:` field
 * repeated as `type`.
 *
 * The directories stand in the query: `directory=NAME` once for each, and `shared=true|false` once for all or once for each, in the same
 * order. `client_id` and `device` name the reader. A stream begins with a `head` event for each directory.
 */
export const eventSchema = z.discriminatedUnion('type', [
  /** Where the directory's log stands; the reader asks by cursor when it is behind. */
  z.object({
    type: z.literal('head'),
    directory: z.string(),
    epoch: z.string(),
    seq: wire.seq,
    /** The mark of the commit at `seq`, where it has one. */
    mark: wire.mark.nullable().optional(),
    holds: holdStateSchema.optional(),
  }),
  /** One or more commits. `previous` is the sequence number before the first; a reader elsewhere asks by cursor. */
  z.object({
    type: z.literal('commits'),
    directory: z.string(),
    epoch: z.string(),
    previous: wire.seq,
    /** The mark of the commit at `previous`, where it has one: a reader whose own is another has another history. */
    previous_mark: wire.mark.nullable().optional(),
    seq: wire.seq,
    commits: z.array(commitSchema),
    /** Small contents of these commits, base64, by hash. */
    contents: z.record(wire.hash, z.string()),
    /** Open conflicts in the directory after these commits. */
    conflicts: z.number().int().nonnegative(),
    holds: holdStateSchema.optional(),
  }),
]);
export type SyncEvent = z.output<typeof eventSchema>;
export type SyncEventJson = z.input<typeof eventSchema>;
