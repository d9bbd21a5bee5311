import { type Entry, sameState } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { fileEntry, linkEntry } from '../diff/compare.ts';
import { DiskProblem } from '../disk/disk.ts';
import type { Observed } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/** Heads looked at in one request to the disk. */
const MOST_AT_ONCE = 500;

interface Applied {
  readonly head: RemoteHead;
  readonly observed: Observed;
}

/**
 * Writes down what the client had put in place when it was killed before it could note so: where exactly that lies which a waiting head says,
 * the head was applied. This comes before newer lines of the log replace the head: after that it could only be taken for somebody's edit, and
 * would contest what came later, or bring back what was deleted meanwhile.
 *
 * @throws {RootLostError} when the folder is not there
 */
export async function recogniseApplied(engine: Engine): Promise<void> {
  const { state } = engine;
  let after = '';
  for (let page = state.remote.after(after, MOST_AT_ONCE); page.length > 0; page = state.remote.after(after, MOST_AT_ONCE)) {
    after = page.at(-1)?.path ?? after;
    const found = await findApplied(
      engine,
      page.filter((head) => head.state.kind !== 'tombstone'),
    );
    state.transaction(() => found.forEach((applied) => note(engine, applied)));
  }
}

async function findApplied({ disk, state }: Engine, heads: readonly RemoteHead[]): Promise<Applied[]> {
  const seen = await disk.stat(heads.map(({ path }) => path));
  const likely = heads.flatMap((head, index): Applied[] => {
    const observed = seen[index] ?? null;
    if (observed === null || observed instanceof DiskProblem || observed.stamp === state.base.get(head.path)?.stamp) return [];
    return looksLike(observed, head) ? [{ head, observed }] : [];
  });
  const files = likely.filter(({ observed }) => observed.kind === 'file');
  const hashes = await disk.hash(files.map(({ head: { path }, observed: { stamp } }) => ({ path, stamp })));
  const different = new Set(files.filter(({ head }, index) => head.state.kind !== 'file' || hashes[index] !== head.state.hash));
  return likely.filter((applied) => !different.has(applied));
}

/** Whether all but the content, which has to be read, is as the head says. */
function looksLike(observed: Observed, head: RemoteHead): boolean {
  const entry = entryOf(observed, head);
  return entry !== null && sameState(entry, head.state);
}

function entryOf(observed: Observed, { path, version, state }: RemoteHead): Entry | null {
  const asBase: BaseEntry = { path, version, state, held: false, stamp: null, inode: null };
  switch (observed.kind) {
    case 'file':
      return state.kind === 'file' && observed.size === state.size ? fileEntry(observed, state.hash, asBase) : null;
    case 'link':
      return linkEntry(observed, asBase);
    case 'dir':
      return observed.otherFileSystem ? null : { kind: 'dir' };
    case 'special':
      return null;
  }
}

function note({ state, changes, applying }: Engine, { head, observed }: Applied): void {
  const { path, version } = head;
  if (applying.has(path) || state.remote.get(path)?.version !== version) return;
  state.base.put({ path, version, state: head.state, held: false, stamp: observed.stamp, inode: observed.inode });
  state.remote.remove(path, version);
  changes.forget(path);
}
