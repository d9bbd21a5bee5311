import { type RelativePath, isBelow, nameOf, sameContent } from '@syncpair/contracts';
import { isSameFolder } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { DiskProblem } from '../disk/disk.ts';
import type { Arrival } from './arrivals.ts';

/**
 * Where an object that appeared at `path` lay before, when the base knows it by its inode and it certainly no longer lies there. Null: it
 * is new, or cannot be told from something new.
 */
export async function recogniseMoves(engine: Engine, { path, observed, entry }: Arrival): Promise<RelativePath | null> {
  const { state, disk, changes } = engine;
  for (const candidate of state.base.findByInode(observed.inode)) {
    const from = candidate.path;
    if (from === path || candidate.held || isBelow(path, from)) continue;
    // Inode numbers are given away again: only the content tells whether it is the same file.
    if (candidate.state.kind === 'tombstone' || !sameContent(candidate.state, entry)) continue;
    if (changes.isMoving(from) || state.remote.get(from) !== null || isUnderWay(engine, from) || isUnderWay(engine, path)) continue;
    const [there] = await disk.stat([from]);
    if (there !== null) continue;
    if (observed.kind === 'dir' && !(await hasSameChild(engine, from, path))) continue;
    return from;
  }
  return null;
}

/** True while something at or below a path is on its way to the server or from it: it has to arrive under the name it left with. */
function isUnderWay({ applying, pushing, state }: Engine, path: RelativePath): boolean {
  const touches = (other: RelativePath): boolean => other === path || isBelow(other, path) || isBelow(path, other);
  return [...applying].some(touches) || [...pushing].some(touches) || state.remote.movesAt(path).length > 0;
}

async function hasSameChild({ state, disk }: Engine, from: RelativePath, to: RelativePath): Promise<boolean> {
  const [listing] = await disk.list([to]);
  if (listing === undefined || listing instanceof DiskProblem) return false;
  const vanished = state.base.children(from).flatMap(({ path, inode }) => (inode === null ? [] : [{ name: nameOf(path), inode }]));
  return isSameFolder(
    vanished,
    listing.entries.map(({ path, observed }) => ({ name: nameOf(path), inode: observed.inode })),
  );
}
