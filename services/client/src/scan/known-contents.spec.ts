import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ContentHash, RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listing } from '../disk/disk.ts';
import { LocalDisk } from '../disk/local-disk.ts';
import type { ListedEntry } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';
import { State } from '../state/state.ts';

const d = 'd' as RelativePath;
const STATES: Readonly<Record<string, VersionState>> = {
  file: { kind: 'file', hash: 'ab'.repeat(32) as ContentHash, size: 1, mtime: 1n, executable: false },
  dir: { kind: 'dir' },
  link: { kind: 'link', target: 'a', mtime: 1n },
};

let root: string;
let disk: LocalDisk;
let state: State;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'known-contents-'));
  mkdirSync(join(root, 'd'));
  mkdirSync(join(root, 'd/sub'));
  for (const name of ['é', 'a.b', 'a', 'B', '10', '9', '😀', 'line\nfeed', "quo'te"]) writeFileSync(join(root, 'd', name), name);
  symlinkSync('a', join(root, 'd/link'));
  disk = new LocalDisk(root);
  state = State.over(new DatabaseSync(':memory:'));
});
afterEach(async () => {
  state.close();
  await disk.close();
  rmSync(root, { recursive: true, force: true });
});

const entryOf = ({ path, observed: { kind, stamp, inode } }: ListedEntry): BaseEntry => ({
  ...{ path, stamp, inode, held: false },
  version: '1.0' as VersionId,
  state: STATES[kind] as VersionState,
});

/** Lists the folder, and takes what lies there for agreed on. */
async function agree(): Promise<BaseEntry[]> {
  const [listing] = await disk.list([d]);
  const entries = (listing as Listing).entries.map(entryOf);
  for (const entry of entries) state.base.put(entry);
  return entries;
}

describe('what the base knows of a folder', () => {
  it('is what the disk finds there', async () => {
    const entries = await agree();
    const contents = state.base.contents(d);
    expect(contents?.names).toBe(entries.length);
    expect(await disk.listChanged([{ path: d, known: contents?.known ?? null }])).toMatchObject([{ unchanged: true, folders: ['d/sub'] }]);
  });

  it('is no longer that after a change of any entry', async () => {
    for (const entry of await agree()) {
      const { path, inode } = entry;
      state.base.setStamp(path, `${entry.stamp}1`, inode as bigint);
      const known = state.base.contents(d)?.known ?? null;
      expect([path, await disk.listChanged([{ path: d, known }])]).toMatchObject([path, [{ refused: [] }]]);
      state.base.put(entry);
    }
    expect(await disk.listChanged([{ path: d, known: state.base.contents(d)?.known ?? null }])).toMatchObject([{ unchanged: true }]);
  });

  it.each<[string, Partial<BaseEntry>]>([
    ['is not on disk', { stamp: null, inode: null }],
    ['is held', { held: true }],
    ['is deleted', { state: { kind: 'tombstone' } }],
    ['is of another kind than what lies there', { state: STATES['link'] as VersionState }],
  ])('is not told where an entry %s', async (_what, other) => {
    const [first] = (await agree()).filter((entry) => entry.state.kind === 'file') as [BaseEntry];
    expect(state.base.contents(d)).not.toBeNull();
    state.base.put({ ...first, ...other });
    expect(state.base.contents(d)).toBeNull();
  });

  it('is nothing where nothing was agreed on', async () => {
    expect(state.base.contents(d)).toBeNull();
    for (const { path } of await agree()) state.base.remove(path);
    expect(state.base.contents(d)).toBeNull();
  });
});
