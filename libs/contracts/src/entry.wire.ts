import { z } from 'zod';
import type { Entry, VersionState } from './entry.ts';
import { wire } from './wire.ts';

const file = z.object({ kind: z.literal('file'), hash: wire.hash, size: wire.size, mtime: wire.nanoseconds, executable: z.boolean() });
const dir = z.object({ kind: z.literal('dir') });
const link = z.object({
  kind: z.literal('link'),
  target: z
    .string()
    .min(1)
    .max(4095)
    .refine((target) => target.isWellFormed() && !target.includes('\0'), 'not a link target'),
  mtime: wire.nanoseconds,
});
const tombstone = z.object({ kind: z.literal('tombstone') });

export const entrySchema = z.discriminatedUnion('kind', [file, dir, link]);
export const versionStateSchema = z.discriminatedUnion('kind', [file, dir, link, tombstone]);

/** The JSON form of a state: as it is, with mtime as a decimal string. */
export type StateJson = z.input<typeof versionStateSchema>;
export type EntryJson = z.input<typeof entrySchema>;

export function encodeState(state: Entry): EntryJson;
export function encodeState(state: VersionState): StateJson;
export function encodeState(state: VersionState): StateJson {
  switch (state.kind) {
    case 'file':
      return { kind: 'file', hash: state.hash, size: state.size, mtime: state.mtime.toString(), executable: state.executable };
    case 'link':
      return { kind: 'link', target: state.target, mtime: state.mtime.toString() };
    case 'dir':
    case 'tombstone':
      return { kind: state.kind };
  }
}
