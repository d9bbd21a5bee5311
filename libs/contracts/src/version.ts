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
});
export type HistoryItem = z.infer<typeof historyItemSchema>;
