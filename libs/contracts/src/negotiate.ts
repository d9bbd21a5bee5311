import { z } from 'zod';
import { changeSchema } from './change.ts';
import { commitSchema } from './commit.ts';
import { holdStateSchema } from './hold.ts';
import { outcomeSchema } from './outcome.ts';
import { wire } from './wire.ts';

/** Changes in one request, and so in one commit. */
export const MAX_CHANGES_PER_REQUEST = 1_000;
/** Bytes of contents carried inside one negotiate request, before base64. Larger sets go to the blob service. */
export const MAX_INLINE_BYTES = 64 * 1024;
/** Changes of the log in one answer; a commit is never cut, so one answer can hold more. */
export const MAX_PULLED_CHANGES = 2_000;

/** Who asks about which directory; part of every request about one directory. */
export const directoryFields = {
  client_id: wire.label,
  /** The device that `client_id` labels here; random, kept in the client's state. */
  device: wire.deviceId,
  directory: wire.label,
  shared: z.boolean().default(false),
};

/**
 * `POST /api/v1/negotiate`: what changed here since `cursor`, for what changed there since `cursor`.
 *
 * `epoch` is the directory's history as the client knows it, null for a client that has none. When it differs from the server's, or
 * `cursor` and `mark` are not in the server's log, nothing is decided: the answer says `rejoin` and the client merges with a snapshot.
 */
export const negotiateRequestSchema = z.object({
  protocol: z.literal(1),
  ...directoryFields,
  epoch: z.string().max(64).nullable(),
  cursor: wire.seq,
  /** The mark of the commit at `cursor`; null where the client knows none. A server whose commit there has another serves another history. */
  mark: wire.mark.nullable().default(null),
  /** The server that the client's history comes from. Another one decides nothing and says `rejoin`. */
  server: z.string().max(64).nullable().default(null),
  /** The start of the client that asks, and those before it: tells clones and old states of a device. See `ClaimedRun`. */
  run: z.object({ id: z.string().min(1).max(64), follows: z.array(z.string().max(64)).max(64), rejoins: z.boolean() }).optional(),
  /** What the client has applied to its disk; never above `cursor`. */
  applied: wire.seq.optional(),
  changes: z.array(changeSchema).max(MAX_CHANGES_PER_REQUEST),
  /** Proofs that the contents of the changes lie on the blob service. */
  receipts: z
    .array(z.string().max(1024 * 1024))
    .max(64)
    .default([]),
  /**
   * Contents of changes that will be proposed next: the answer grants to write those that the server lacks, so that the next request can come
   * with their receipts. A server may leave them unanswered.
   */
  announced: z
    .array(z.object({ hash: wire.hash, size: wire.size }))
    .max(MAX_CHANGES_PER_REQUEST)
    .default([]),
  /** Small contents, base64, by hash. */
  contents: z.record(wire.hash, z.string()).default({}),
  /** The client merges its folder: a put without a base whose content the path had before is an old copy, and no news. */
  joins: z.boolean().default(false),
  /** False leaves the log out of the answer: a client with a stream open asks for it only when it missed something. */
  pull: z.boolean().default(true),
  /** A conflict also leaves its loser as a file beside the winner. */
  conflict_copies: z.boolean().default(false),
  /** True from clients that know the outcome `held`. */
  knows_holds: z.boolean().default(false),
});
export type NegotiateRequest = z.output<typeof negotiateRequestSchema>;
export type NegotiateRequestJson = z.input<typeof negotiateRequestSchema>;

/** A content that heads at these paths have. */
const wantedContentSchema = z.object({ hash: wire.hash, size: wire.size, paths: z.array(wire.path) });
export type WantedContent = z.output<typeof wantedContentSchema>;

export const negotiateResponseSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('rejoin'),
    epoch: z.string(),
    head: wire.seq,
    server: z.string().max(64).optional(),
    /** One of `HistoryVerdict` or `RunVerdict`, or a word that this reader does not know. */
    reason: z.string().optional(),
  }),
  z.object({
    status: z.literal('ok'),
    epoch: z.string(),
    /** Which server this is: random, kept in its database. */
    server: z.string().max(64).optional(),
    /** The directory's latest sequence number. */
    head: wire.seq,
    /** In the order of the request's changes. */
    outcomes: z.array(outcomeSchema),
    /** Write grants that together cover every `needs_content`, and every announced content that has to be uploaded. */
    grants: z.array(z.object({ hashes: z.array(wire.hash), grant: z.string() })),
    /** The log after the request's cursor, or [] when it was not asked for. */
    commits: z.array(commitSchema),
    /** Where `commits` end: the cursor to ask with next. */
    cursor: wire.seq,
    /** True when the log goes on after `cursor`. */
    more: z.boolean(),
    /** Open conflicts in the directory. */
    conflicts: z.number().int().nonnegative(),
    /**
     * Contents that the server has lost, at paths where the reader may have them. Whoever does uploads them with the write grants and shows
     * the receipts in a request without changes.
     */
    wanted: z
      .object({ contents: z.array(wantedContentSchema), grants: z.array(z.object({ hashes: z.array(wire.hash), grant: z.string() })) })
      .optional(),
    /** Left out by servers that hold nothing. */
    holds: holdStateSchema.optional(),
  }),
]);
export type NegotiateResponse = z.output<typeof negotiateResponseSchema>;
export type NegotiateResponseJson = z.input<typeof negotiateResponseSchema>;

/**
 * `POST /api/v1/snapshot`: every live head of the directory at one moment, as NDJSON: a header line, a line per head, an end line. A
 * stream without its end line was cut and counts for nothing.
 */
export const snapshotRequestSchema = z.object({ protocol: z.literal(1), ...directoryFields });
export type SnapshotRequestJson = z.input<typeof snapshotRequestSchema>;
export const snapshotHeaderSchema = z.object({
  epoch: z.string(),
  seq: wire.seq,
  /** The mark of the commit at `seq`, where it has one. */
  mark: wire.mark.nullable().optional(),
  server: z.string().max(64).optional(),
});
export const snapshotEndSchema = z.object({ end: z.literal(true), heads: z.number().int() });

/** Bytes of manifests in one answer, before base64; one is always told. */
export const MAX_MANIFEST_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * `POST /api/v1/grants`: read grants for contents of versions that the principal may read, and for chunks of these. Unknown hashes are left
 * out of the answer.
 */
export const readGrantsRequestSchema = z.object({
  protocol: z.literal(1),
  ...directoryFields,
  hashes: z.array(wire.hash).min(1).max(1_000),
  /** The manifests too, of those that lie as chunks. Without them such a content is read as any other. */
  manifests: z.boolean().default(false),
});
export type ReadGrantsRequestJson = z.input<typeof readGrantsRequestSchema>;
export const readGrantsResponseSchema = z.object({
  grants: z.array(z.object({ hashes: z.array(wire.hash), grant: z.string() })),
  /** Base64; its reader holds it against the content, for it is not signed. Left out by servers that know no chunks. */
  manifests: z.array(z.object({ hash: wire.hash, manifest: z.string() })).default([]),
  /** Of those that lie as chunks, the ones whose manifests did not fit into this answer: to be asked for again. */
  manifests_left: z.array(wire.hash).default([]),
});
export type ReadGrantsResponseJson = z.input<typeof readGrantsResponseSchema>;
