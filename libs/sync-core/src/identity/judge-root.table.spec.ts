import { describe, expect, it } from 'vitest';
import { type FoundFolder, type RecordedRoot, type RootVerdict, judgeRoot } from './judge-root.ts';

const RECORD: RecordedRoot = { device: '1', inode: '10', server: 's1' };
const SAME: FoundFolder = { device: '1', inode: '10', hasState: false };
const OTHER: FoundFolder = { device: '1', inode: '11', hasState: false };

const TABLE: [name: string, record: RecordedRoot | null, found: FoundFolder | null, server: string | null, verdict: RootVerdict][] = [
  ['a path that nobody knows', null, null, null, 'first'],
  ['a folder with files that nobody knows', null, OTHER, null, 'first'],
  ['the root', RECORD, { ...SAME, hasState: true }, null, 'proven'],
  ['the root on a disk that was mounted again under another number', RECORD, { ...OTHER, device: '7', hasState: true }, null, 'proven'],
  ['a root whose record was lost', null, { ...SAME, hasState: true }, null, 'proven'],
  ['the folder without its state', RECORD, SAME, null, 'state_lost'],
  ['the folder without its state, and another server', RECORD, SAME, 's2', 'state_lost'],
  ['a bare mount point', RECORD, { ...OTHER, device: '2' }, null, 'replaced'],
  ['a folder made anew', RECORD, OTHER, 's1', 'replaced'],
  ['a folder made anew with the number of the old one on another disk', RECORD, { ...SAME, device: '2' }, null, 'replaced'],
  ['a folder that was moved away', RECORD, null, 's1', 'missing'],
  ['a folder that was moved away while there is no server', RECORD, null, null, 'missing'],
  ['a path used before with another server', RECORD, null, 's2', 'first'],
  ['a folder made anew for another server', RECORD, OTHER, 's2', 'first'],
  ['a record of the time before servers had ids', { ...RECORD, server: null }, OTHER, 's2', 'replaced'],
];

describe('judgeRoot (R47)', () => {
  it.each(TABLE)('%s', (_name, record, found, server, verdict) => {
    expect(judgeRoot(record, found, server)).toBe(verdict);
  });
});
