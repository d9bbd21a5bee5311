import { z } from 'zod';
import type { VersionState } from './entry.ts';
import { encodeState, versionStateSchema } from './entry.wire.ts';
import type { RelativePath } from './relative-path.ts';
import type { VersionId } from './version-id.ts';
import { wire } from './wire.ts';

/** The head of a path: its latest version, as the server tells it to clients. */
export interface Head {
  readonly path: RelativePath;
  readonly version: VersionId;
  readonly state: VersionState;
}

export const headSchema = z.object({ path: wire.path, version: wire.version, state: versionStateSchema });
export type HeadJson = z.input<typeof headSchema>;

export const encodeHead = (head: Head): HeadJson => ({ path: head.path, version: head.version, state: encodeState(head.state) });

/**
 * What made a version: somebody's edit of a path (`edit`), of its time or executable bit only (`touch`), its first version (`creation`), its
 * deletion; a move of it or of a folder above; a command (`restore`, `undo`, `resolve` of a conflict); a call of a script; or the `server`
 * by itself, which adds folders that a path needs and conflict copies.
 */
export const CAUSES = ['edit', 'touch', 'creation', 'deletion', 'move', 'restore', 'undo', 'resolve', 'script', 'server'] as const;
export type Cause = (typeof CAUSES)[number];

/** One line of `history`: a version with who made it and what became of it. */
export const historyItemSchema = z.object({
  path: z.string(),
  version: z.string(),
  kind: z.enum(['file', 'dir', 'link', 'tombstone']),
  hash: z.string().nullable(),
  /** Bytes; null for anything but a file. */
  size: z.number().nullable(),
  /** ISO 8601; null for folders and tombstones. */
  modified: z.string().nullable(),
  /** Null for anything but a file. */
  executable: z.boolean().nullable(),
  /** The target of a link. */
  target: z.string().nullable(),
  /** The `client_id` of the device that made it. */
  author: z.string(),
  /** When the server committed it, ISO 8601. */
  at: z.string(),
  /** True for the latest version of the path. */
  head: z.boolean(),
  deleted: z.boolean(),
  /** The id of the conflict whose loser this version is, or null. */
  conflict: z.string().nullable(),
  parent: z.string().nullable(),
  /** The path it was moved from, when a move made it. */
  moved_from: z.string().nullable(),
  /** Older servers do not tell; a newer one may have more. */
  cause: z.string().optional(),
  /** The version that it brings back: one of the path itself, or of the path that it had then. */
  restored_from: z.string().nullable().optional(),
});
export type HistoryItem = z.infer<typeof historyItemSchema>;
