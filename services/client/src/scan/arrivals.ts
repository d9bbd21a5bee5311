import { type Entry, type RelativePath, ancestorsOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Observed, ObservedFile } from '../disk/observed.ts';
import type { Absences } from './absences.ts';
import { BUSY_MS, type DirtyPaths, VANISHED_SETTLE_MS } from './dirty-paths.ts';
import { recogniseMoves } from './recognise-moves.ts';
import { releaseMoved } from './release-moved.ts';

export interface Arrival {
  readonly path: RelativePath;
  readonly observed: Observed;
  readonly entry: Entry;
}

/** Objects that the base knows under another name: moved, or put there anew. */
export class Arrivals {
  readonly #engine: Engine;
  readonly #dirty: DirtyPaths;
  readonly #absences: Absences;
  #appeared: Arrival[] = [];
  /** Files that were told to wait, with the stamp they had at the first look. */
  readonly #awaited = new Map<RelativePath, string>();
  /** What may turn out to be moved once the path that it came from has been gone for long enough, or its folder is on the server. */
  readonly #unsettled = new Set<RelativePath>();

  constructor(engine: Engine, dirty: DirtyPaths, absences: Absences) {
    this.#engine = engine;
    this.#dirty = dirty;
    this.#absences = absences;
  }

  /**
   * True at the first look at a file that was known under another name a moment ago: editors move a file away and write it anew, which is
   * an edit there and no move. It is to be looked at again when that is over.
   */
  isFirstLook(path: RelativePath, observed: ObservedFile): boolean {
    if (this.#awaited.get(path) === observed.stamp) return false;
    const known = this.#engine.state.base.findByInode(observed.inode);
    if (!known.some(({ state }) => state.kind === 'file' && state.size === observed.size)) return false;
    this.#awaited.set(path, observed.stamp);
    return true;
  }

  /** True while something that came from another path is to be looked at again: what seems deleted there may be just that. */
  get isAwaiting(): boolean {
    for (const path of this.#awaited.keys()) if (this.#dirty.has(path)) return true;
    for (const path of this.#unsettled) if (this.#dirty.has(path)) return true;
    return false;
  }

  /** The path was read, or is gone. */
  forget(path: RelativePath): void {
    this.#awaited.delete(path);
    this.#unsettled.delete(path);
  }

  add(arrival: Arrival): void {
    this.#appeared.push(arrival);
  }

  /** Tells what was moved from what is new, once all that appeared at a time has been seen. @returns the folders that are new */
  async settle(): Promise<Arrival[]> {
    const appeared = this.#appeared;
    this.#appeared = [];
    const created: Arrival[] = [];
    const moved: RelativePath[] = [];
    // The outermost first: what lies in a moved folder moves with it.
    for (const arrival of appeared.sort((a, b) => a.path.length - b.path.length)) {
      const { changes, clock, pushing } = this.#engine;
      const { path, observed, entry } = arrival;
      this.#unsettled.delete(path);
      if (changes.isMoving(path)) continue;
      if (ancestorsOf(path).some((folder) => pushing.has(folder))) {
        // Nothing can be moved into a folder of which the server has not said yet that it is there.
        changes.puts.delete(path);
        this.#unsettled.add(path);
        this.#dirty.wait(path, clock.monotonic() + BUSY_MS);
        continue;
      }
      const from = await recogniseMoves(this.#engine, arrival);
      if (from !== null && entry.kind !== 'dir' && !this.#absences.isLongGone(from)) {
        changes.puts.delete(path);
        this.#unsettled.add(path);
        this.#dirty.wait(path, clock.monotonic() + VANISHED_SETTLE_MS);
      } else if (from !== null) {
        changes.move({ from, to: path, entry, stamp: observed.stamp, inode: observed.inode });
        moved.push(from);
      } else if (observed.kind === 'dir') created.push(arrival);
    }
    if (moved.length > 0) releaseMoved(this.#engine, moved);
    return created;
  }
}
