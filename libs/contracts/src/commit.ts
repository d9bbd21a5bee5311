import { z } from 'zod';
import type { RelativePath } from './relative-path.ts';
import { type Head, encodeHead, headSchema } from './version.ts';
import type { Seq, VersionId } from './version-id.ts';
import { wire } from './wire.ts';

/**
 * One step of a directory's log, as clients replay it: a path has another head, or a subtree has another name. After a move every path
 * below `to` has `version`, and a tombstone with the same `version` stands at its old path.
 */
export type LogChange =
  | ({ readonly op: 'head' } & Head)
  | { readonly op: 'move'; readonly from: RelativePath; readonly to: RelativePath; readonly version: VersionId };

/** An ordered list of changes by one device, under one sequence number. Cursors move over whole commits. */
export interface Commit {
  readonly seq: Seq;
  /** The `client_id` that made it. */
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  /** Random, the same for everybody: two histories that differ before a sequence number differ in its mark. Old commits have none. */
  readonly mark?: string | undefined;
  readonly changes: readonly LogChange[];
}

export const logChangeSchema = z.discriminatedUnion('op', [
  headSchema.extend({ op: z.literal('head') }),
  z.object({ op: z.literal('move'), from: wire.path, to: wire.path, version: wire.version }),
]);

export const commitSchema = z.object({
  seq: wire.seq,
  author: z.string(),
  at: z.string(),
  mark: wire.mark.optional(),
  changes: z.array(logChangeSchema),
});
export type CommitJson = z.input<typeof commitSchema>;

export function encodeCommit(commit: Commit): CommitJson {
  return {
    seq: String(commit.seq),
    author: commit.author,
    at: commit.at,
    ...(commit.mark === undefined ? {} : { mark: commit.mark }),
    changes: commit.changes.map((change) => (change.op === 'head' ? { op: 'head' as const, ...encodeHead(change) } : { ...change })),
  };
}
