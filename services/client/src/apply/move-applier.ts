import { type RelativePath, isBelow, parentOf, rebase, sameState } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { type DiskAction, DiskProblem, type DiskResult } from '../disk/disk.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead, RemoteMove } from '../state/remote-store.ts';
import type { HeldNames } from './held-names.ts';

/** Renames in one request to the disk, which makes them durable together. */
const MOST_AT_ONCE = 200;
/** Folders listed in one request to the disk. */
const FOLDERS_AT_ONCE = 100;

/**
 * Carries out what others moved, by renaming. Where that cannot be done (something was changed here, a name is ignored or cannot be held),
 * the move is dropped: the heads that came with it make each path what the server says.
 */
export class MoveApplier {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #names: HeldNames;

  constructor(engine: Engine, scanner: Scanner, names: HeldNames) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.#names = names;
  }

  /** Carries out moves that do not build on one another. @returns false when there are none */
  async step(): Promise<boolean> {
    const { state, disk, applying, wake } = this.#engine;
    const moves = this.#select();
    if (moves.length === 0) return false;
    const whole = new Set<RemoteMove>();
    for (const move of moves) if (await this.#holdsNothingElse(move)) whole.add(move);
    // News that came while the folders were listed may have taken the meaning from a move: what is below its ends waits as heads then.
    const waiting = new Set(state.remote.moves(MOST_AT_ONCE).map(nameOfMove));
    const actions = moves.map((move) => (whole.has(move) && waiting.has(nameOfMove(move)) ? this.#action(move) : null));
    const planned = moves.filter((_, index) => actions[index] !== null);
    for (const { from, to } of planned) applying.add(from).add(to);
    let results: readonly DiskResult[];
    try {
      results = await disk.apply(actions.filter((action) => action !== null));
    } finally {
      for (const { from, to } of planned) for (const path of [from, to]) applying.delete(path);
    }
    const done = new Map(planned.map((move, index) => [move, results[index]]));
    state.transaction(() => {
      for (const move of moves) {
        state.remote.removeMove(move);
        this.#record(move, done.get(move));
      }
    });
    wake();
    return true;
  }

  #select(): RemoteMove[] {
    const selected: RemoteMove[] = [];
    for (const move of this.#engine.state.remote.moves(MOST_AT_ONCE)) {
      if (this.#waitsForFolder(move) || selected.some((other) => touches(move, other.from) || touches(move, other.to))) break;
      selected.push(move);
    }
    return selected;
  }

  /** True while the folder that the move goes into is still to be made. */
  #waitsForFolder({ to }: RemoteMove): boolean {
    const { state, problems } = this.#engine;
    const folder = parentOf(to);
    if (folder === null || state.base.get(folder) !== null || problems.get(folder) !== null) return false;
    return state.remote.get(folder)?.state.kind === 'dir';
  }

  /** The rename that carries out a move; null where it cannot be one. */
  #action(move: RemoteMove): DiskAction | null {
    const { state } = this.#engine;
    const { from, to } = move;
    const source = state.base.get(from);
    if (source === null || source.stamp === null || !this.#isFree(move)) return null;
    const folder = parentOf(to);
    const fits =
      state.base.get(to) === null &&
      this.#names.why(to, from) === null &&
      (folder === null || state.base.get(folder)?.state.kind === 'dir') &&
      !this.#concernsIgnored(source, to);
    return fits ? { op: 'rename', from, to, expected: { stamp: source.stamp } } : null;
  }

  /**
   * True when the subtree on disk is what the base says. What is ignored, refused or new here stays where it is: it is nobody's to move, and
   * under another name its pattern might not protect it any more.
   */
  async #holdsNothingElse({ from }: RemoteMove): Promise<boolean> {
    const { state, disk } = this.#engine;
    const source = state.base.get(from);
    if (source?.state.kind !== 'dir') return true;
    const below = [...state.base.under(from)];
    const known = new Set(below.filter(({ state: { kind } }) => kind !== 'tombstone').map(({ path }) => path));
    const folders = [source, ...below].flatMap(({ path, state: { kind } }) => (kind === 'dir' ? [path] : []));
    for (let next = 0; next < folders.length;) {
      const listings = await disk.list(folders.slice(next, next + FOLDERS_AT_ONCE));
      next += listings.length;
      for (const listing of listings) {
        if (listing instanceof DiskProblem || listing.refused.length > 0 || listing.unseen.length > 0) return false;
        if (listing.entries.some((entry) => !known.has(entry.path))) return false;
      }
    }
    return true;
  }

  #isFree(move: RemoteMove): boolean {
    const { pushing, applying, changes } = this.#engine;
    const isTouched = (path: RelativePath): boolean => touches(move, path);
    return (
      ![...pushing].some(isTouched) &&
      ![...applying].some(isTouched) &&
      ![...changes.puts.keys()].some(isTouched) &&
      ![...changes.deletes].some(isTouched) &&
      !changes.isMoving(move.from) &&
      !changes.isMoving(move.to)
    );
  }

  /** True when something has a name that is ignored here, or would get one. */
  #concernsIgnored(source: BaseEntry, to: RelativePath): boolean {
    const { state, ignore } = this.#engine;
    for (const { path, state: entry } of [source, ...state.base.under(source.path)]) {
      if (entry.kind === 'tombstone') continue;
      if ([path, rebase(path, source.path, to)].some((name) => ignore.ignores(name, entry.kind))) return true;
    }
    return false;
  }

  #record({ from, to, version }: RemoteMove, result: DiskResult | undefined): void {
    const { state, log } = this.#engine;
    if (result?.status !== 'done' || result.observed === null) return;
    state.base.rename(from, to, version);
    state.base.setStamp(to, result.observed.stamp, result.observed.inode);
    for (const path of [from, to]) {
      for (const head of [state.remote.get(path), ...state.remote.under(path)])
        if (head?.version === version && isHere(state.base.get(head.path), head)) state.remote.remove(head.path);
    }
    log.debug(`✓ Moved: ${from} to ${to}`);
    this.#scanner.rescanMoved(to, result.observed.kind === 'dir');
  }
}

/** Whether a rename made a path what its head says: a deletion or a touch of here that the server answered with the move is not what the others have. */
const isHere = (base: BaseEntry | null, head: RemoteHead): boolean =>
  base === null ? head.state.kind === 'tombstone' : base.version === head.version && sameState(base.state, head.state);

const nameOfMove = ({ from, to, version }: RemoteMove): string => [from, to, version].join('\0');

/** True when a path is one of a move's ends, lies below one, or holds one. */
const touches = ({ from, to }: RemoteMove, path: RelativePath): boolean =>
  [from, to].some((end) => path === end || isBelow(path, end) || isBelow(end, path));
