import { type RelativePath, type VersionState, ancestorsOf, isBelow, nameOf, sameState } from '@syncpair/contracts';
import type { KnownVersion } from './decide-restore.ts';
import { type PastState, type Slot, type SpanLine, isGone, replaySpan } from './replay-span.ts';
import { type DeleteStep, type KeptPath, type PutStep, type RevertPlan, type RevertStep, byPath } from './revert-plan.ts';
import type { Renames } from './renames.ts';
import { type PresentView, Sketch } from './sketch.ts';
import { type ReversedMove, back, backPlace, undoMoves } from './undo-moves.ts';

/** What one client did in a span of time, and everything that happened to the same paths since. */
export interface UndoSpan {
  /** The heads of the paths where the span begins; a path without one did not exist. */
  readonly before: ReadonlyMap<RelativePath, KnownVersion>;
  /** What happened at the paths since, by whomever, and every move, in the order of the log. */
  readonly lines: readonly SpanLine[];
}

interface Wanted {
  readonly slot: Slot;
  readonly target: PastState;
}

/**
 * Takes back what is one's own and keeps everybody else's work. What somebody else changed since stays and is told; else a path gets
 * the latest state that is not one's own: it is brought back, taken away when there was none, and gets its old name. A folder stays as
 * long as anything is in it.
 */
export function decideUndo({ before, lines }: UndoSpan, present: PresentView): RevertPlan {
  const { slots, renames } = replaySpan(before, lines);
  const { reversed, kept } = undoMoves(renames);
  const unwanted: Slot[] = [];
  const wanted: Wanted[] = [];
  for (const slot of slots) {
    const verdict = judge(slot);
    if (verdict === null) continue;
    if (verdict.keep) kept.push({ path: slot.path, reason: 'changed_since', by: verdict.by });
    else if (verdict.target === null) unwanted.push(slot);
    else wanted.push({ slot, target: verdict.target });
  }
  const planner = new Planner(present, { unwanted, wanted, reversed });
  planner.deleteWhatCanBe();
  for (const move of reversed) planner.move(move);
  planner.deleteWhatCanBe();
  planner.bringBack();
  planner.deleteWhatCanBe();
  return { steps: planner.steps, kept: [...kept, ...planner.kept].sort(byPath) };
}

/** What becomes of a slot; null where there is nothing to undo. A null target: it did not exist. */
function judge({
  states,
}: Slot): { readonly keep: true; readonly by: string } | { readonly keep: false; readonly target: PastState | null } | null {
  const latest = states.at(-1);
  if (latest === undefined || !states.some(({ own }) => own)) return null;
  if (!latest.own) return { keep: true, by: latest.author };
  const target = states.findLast(({ own }) => !own);
  if (target === undefined || target.state.kind === 'tombstone') {
    return latest.state.kind === 'tombstone' ? null : { keep: false, target: null };
  }
  return sameState(target.state, latest.state) ? null : { keep: false, target };
}

/** Puts the steps into an order in which each finds what it needs: a folder goes when it is empty, a name is given when it is free. */
class Planner {
  readonly kept: KeptPath[] = [];
  readonly #steps = new Set<RevertStep>();
  readonly #sketch: Sketch;
  /** What goes, by the name that it has now. */
  readonly #going = new Map<RelativePath, { readonly slot: Slot; readonly step: DeleteStep; readonly kind: VersionState['kind'] }>();
  /** Children before their folders. */
  #unwanted: readonly Slot[];
  readonly #wanted: Set<Wanted>;
  /** Folders that are wanted, by each name that they may get on the way. */
  readonly #folders: ReadonlyMap<string, readonly Wanted[]>;

  constructor(
    present: PresentView,
    found: { readonly unwanted: readonly Slot[]; readonly wanted: readonly Wanted[]; readonly reversed: readonly ReversedMove[] },
  ) {
    this.#sketch = new Sketch(present);
    this.#unwanted = found.unwanted.toSorted(byPath).reverse();
    this.#wanted = new Set(found.wanted);
    this.#folders = foldersByName(found.wanted, found.reversed);
  }

  get steps(): RevertStep[] {
    return [...this.#steps];
  }

  deleteWhatCanBe(): void {
    this.#unwanted = this.#unwanted.filter((slot) => {
      const path = back(slot.path, this.#sketch.reversed);
      const kind = this.#sketch.kindAt(path);
      if (kind === null) return false;
      if (kind === 'dir' && this.#sketch.children(path) > 0) return true;
      const isFirst = path === slot.path && !this.#sketch.wasPut(path);
      this.#sketch.remove(path);
      const step: DeleteStep = { op: 'delete', path, expected: isFirst ? slot.version : 'ours' };
      this.#steps.add(step);
      this.#going.set(slot.path, { slot, step, kind });
      return false;
    });
  }

  move(move: ReversedMove): void {
    if (move.from === move.to) return;
    // What the moves before it have emptied needs no old name.
    if (this.#unwanted.length > 0) this.deleteWhatCanBe();
    // Something else may have got the name of what is gone by now.
    const isThere = isGone(move.slot) || this.#sketch.presentName(move.from) === move.slot.path;
    const live = move.lives && isThere ? this.#sketch.live(move.from) : null;
    const wasPut = this.#sketch.wasPut(move.from);
    if (live === null && !(move.lives && isThere && wasPut)) {
      this.#sketch.reversed.add({ ...move, lives: false });
      return;
    }
    for (const folder of ancestorsOf(move.to)) {
      this.#keepFolder(folder);
      if (this.#sketch.kindAt(folder) !== 'dir') this.#bringBackFolder(folder);
    }
    if (
      isBelow(move.to, move.from) ||
      this.#sketch.kindAt(move.to) !== null ||
      !ancestorsOf(move.to).every((folder) => this.#isRoomIn(folder))
    ) {
      if (isBelow(move.from, move.to) && live !== null && live.state.kind !== 'dir' && this.#goes(move.to)) this.#takeOut(move, live);
      else this.kept.push({ path: move.from, reason: 'taken', by: null });
      return;
    }
    const isFirst = live !== null && this.#sketch.presentName(move.from) === move.from && !wasPut;
    this.#steps.add({ op: 'move', path: move.from, to: move.to, expected: isFirst ? live.version : 'ours' });
    this.#sketch.move(move);
  }

  /** What lies in a folder that goes by its old name: the folder has to go first, and then there is nothing left to move. */
  #takeOut({ from, to }: ReversedMove, { version, state }: KnownVersion): void {
    const { reversed } = this.#sketch;
    const isFirst = this.#sketch.presentName(from) === from && !this.#sketch.wasPut(from);
    this.#sketch.remove(from);
    this.#steps.add({ op: 'delete', path: from, expected: isFirst ? version : 'ours' });
    this.deleteWhatCanBe();
    const wanted = [...this.#wanted].find(({ slot }) => !isGone(slot) && back(slot.path, reversed) === from);
    if (wanted !== undefined) this.#wanted.delete(wanted);
    const entry = wanted?.target.state ?? state;
    const restored = wanted?.target.version ?? version;
    const path = this.#sketch.live(to) === null ? to : from;
    if (entry.kind !== 'tombstone') this.#put({ op: 'put', path, expected: 'absent', entry, restored });
  }

  bringBack(): void {
    const puts = [...this.#wanted].map((wanted) => toPut(wanted, this.#sketch.reversed));
    for (const put of puts.sort(byPath)) this.#put(put);
  }

  /** True for what is to be deleted, once it is empty. */
  #goes(path: RelativePath): boolean {
    return this.#unwanted.some((slot) => back(slot.path, this.#sketch.reversed) === path);
  }

  /** True where a folder is, or can be made. */
  #isRoomIn(folder: RelativePath): boolean {
    return [null, 'dir'].includes(this.#sketch.kindAt(folder));
  }

  /** A folder that goes, or was made something else that goes, is still needed by what moves through it: it goes later. */
  #keepFolder(path: RelativePath): void {
    const now = this.#sketch.presentName(path);
    const going = this.#going.get(now);
    if (going === undefined || !this.#sketch.isFree(now, path)) return;
    this.#going.delete(now);
    if (going.kind === 'dir') {
      this.#sketch.keep(now);
      this.#steps.delete(going.step);
    }
    this.#unwanted = [...this.#unwanted, going.slot].sort(byPath).reverse();
  }

  /** What was a folder, and is gone or something else, is needed before what moves back into it. */
  #bringBackFolder(path: RelativePath): void {
    for (const wanted of this.#folders.get(nameOf(path)) ?? []) {
      if (!this.#wanted.has(wanted)) continue;
      const put = toPut(wanted, this.#sketch.reversed);
      if (put.path !== path) continue;
      this.#put(put);
      this.#wanted.delete(wanted);
    }
  }

  #put(put: PutStep): void {
    const { path, entry, expected } = put;
    const kind = this.#sketch.kindAt(path);
    const isFolder = kind === 'dir';
    if (entry.kind !== 'dir' && isFolder && this.#sketch.children(path) > 0) this.kept.push({ path, reason: 'not_empty', by: null });
    else if (expected === 'absent' && kind !== null && !(isFolder && entry.kind === 'dir'))
      this.kept.push({ path, reason: 'taken', by: null });
    else if (!ancestorsOf(path).every((folder) => this.#isRoomIn(folder))) this.kept.push({ path, reason: 'taken', by: null });
    else {
      this.#steps.add(put);
      this.#sketch.put(path, entry.kind);
    }
  }
}

function foldersByName(wanted: readonly Wanted[], reversed: readonly ReversedMove[]): Map<string, Wanted[]> {
  const folders = new Map(wanted.flatMap((one) => (one.target.state.kind === 'dir' ? [[one.slot, one] as const] : [])));
  const byName = new Map<string, Wanted[]>();
  const add = (name: string, one: Wanted): void => {
    const named = byName.get(name);
    if (named === undefined) byName.set(name, [one]);
    else if (!named.includes(one)) named.push(one);
  };
  for (const one of folders.values()) add(nameOf(one.slot.path), one);
  for (const { slot, to } of reversed) {
    const one = folders.get(slot);
    if (one !== undefined) add(nameOf(to), one);
  }
  return byName;
}

function toPut({ slot, target }: Wanted, reversed: Renames<ReversedMove>): PutStep {
  const { state, version } = target;
  if (state.kind === 'tombstone') throw new Error('a deletion is not brought back');
  const step = { op: 'put', entry: state, restored: version } as const;
  if (slot.place !== null) return { ...step, path: backPlace(slot.place, reversed, slot.renames), expected: 'absent' };
  const path = back(slot.path, reversed);
  return { ...step, path, expected: path === slot.path ? slot.version : 'ours' };
}
