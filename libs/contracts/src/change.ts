import { z } from 'zod';
import type { Entry } from './entry.ts';
import { encodeState, entrySchema } from './entry.wire.ts';
import type { RelativePath } from './relative-path.ts';
import type { VersionId } from './version-id.ts';
import { wire } from './wire.ts';

/**
 * What a client proposes. `base` is the version it was made from: null for a path the client had never agreed on with the server. The
 * version travels, never only its hash, so that A→B→A is told from "unchanged".
 */
export type Change = PutChange | DeleteChange | MoveChange;

/** The path holds this entry now: created, edited, or of another kind. */
export interface PutChange {
  readonly op: 'put';
  readonly id: string;
  readonly path: RelativePath;
  readonly base: VersionId | null;
  readonly entry: Entry;
}

/** The path holds nothing now. Children are deleted by changes of their own, before their folder. */
export interface DeleteChange {
  readonly op: 'delete';
  readonly id: string;
  readonly path: RelativePath;
  readonly base: VersionId;
}

/** A file, link or whole folder has another path now, its contents untouched. */
export interface MoveChange {
  readonly op: 'move';
  readonly id: string;
  readonly from: RelativePath;
  readonly to: RelativePath;
  readonly base: VersionId;
}

export const changeSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('put'), id: wire.changeId, path: wire.path, base: wire.version.nullable(), entry: entrySchema }),
  z.object({ op: z.literal('delete'), id: wire.changeId, path: wire.path, base: wire.version }),
  z.object({ op: z.literal('move'), id: wire.changeId, from: wire.path, to: wire.path, base: wire.version }),
]);
export type ChangeJson = z.input<typeof changeSchema>;

export function encodeChange(change: Change): ChangeJson {
  return change.op === 'put' ? { ...change, entry: encodeState(change.entry) } : { ...change };
}
