import { type RelativePath, ancestorsOf, isBelow, sameState } from '@syncpair/contracts';
import type { KnownVersion } from './decide-restore.ts';
import { type MoveLine, type PastState, type Slot, type SpanLine, isGone, replaySpan } from './replay-span.ts';
import { type DeleteStep, type KeptPath, type PutStep, type RevertPlan, type RevertStep, byPath } from './revert-plan.ts';
import { Renames } from './renames.ts';
import { type PresentView, Sketch } from './sketch.ts';
import { type ReversedMove, back, backPlace, follow, placeAfter, undoMoves } from './undo-moves.ts';

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
  const moves = new Renames(lines.filter((line): line is MoveLine => line.op === 'move'));
  const { reversed, kept } = undoMoves(lines, moves);
  const unwanted: Slot[] = [];
  const wanted: Wanted[] = [];
  for (const slot of replaySpan(before, lines)) {
    const verdict = judge(slot);
    if (verdict === null) continue;
    if (verdict.keep) kept.push({ path: slot.path, reason: 'changed_since', by: verdict.by });
    else if (verdict.target === null) unwanted.push(slot);
    else wanted.push({ slot, target: verdict.target });
  }
  const planner = new Planner(present, { unwanted, wanted, moves });
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
  readonly steps: RevertStep[] = [];
  readonly kept: KeptPath[] = [];
  readonly #sketch: Sketch;
  /** Children before their folders. */
  #unwanted: readonly Slot[];
  readonly #wanted: Set<Wanted>;
  readonly #moves: Renames<MoveLine>;

  constructor(
    present: PresentView,
    found: { readonly unwanted: readonly Slot[]; readonly wanted: readonly Wanted[]; readonly moves: Renames<MoveLine> },
  ) {
    this.#sketch = new Sketch(present);
    this.#unwanted = found.unwanted.toSorted(byPath).reverse();
    this.#wanted = new Set(found.wanted);
    this.#moves = found.moves;
  }

  deleteWhatCanBe(): void {
    this.#unwanted = this.#unwanted.filter((slot) => {
      const path = back(slot.path, this.#sketch.reversed);
      const live = this.#sketch.live(path);
      if (live === null) return false;
      if (live.state.kind === 'dir' && this.#sketch.children(path) > 0) return true;
      this.#sketch.remove(path);
      const step: DeleteStep = { op: 'delete', path, expected: path === slot.path ? slot.version : 'ours' };
      this.steps.push(step);
      return false;
    });
  }

  move(move: ReversedMove): void {
    if (move.from === move.to) return;
    // What the moves before it have emptied needs no old name.
    if (this.#unwanted.length > 0) this.deleteWhatCanBe();
    const live = move.lives ? this.#sketch.live(move.from) : null;
    if (live === null) {
      this.#sketch.reversed.add({ ...move, lives: false });
      return;
    }
    for (const folder of ancestorsOf(move.to)) if (!this.#isRoomIn(folder)) this.#bringBackFolder(folder);
    if (
      isBelow(move.to, move.from) ||
      this.#sketch.live(move.to) !== null ||
      !ancestorsOf(move.to).every((folder) => this.#isRoomIn(folder))
    ) {
      if (isBelow(move.from, move.to) && live.state.kind !== 'dir' && this.#goes(move.to)) this.#takeOut(move, live);
      else this.kept.push({ path: move.from, reason: 'taken', by: null });
      return;
    }
    const isFirst = this.#sketch.presentName(move.from) === move.from && !this.#sketch.wasPut(move.from);
    this.steps.push({ op: 'move', path: move.from, to: move.to, expected: isFirst ? live.version : 'ours' });
    this.#sketch.move(move);
  }

  /** What lies in a folder that goes by its old name: the folder has to go first, and then there is nothing left to move. */
  #takeOut({ from, to }: ReversedMove, { version, state }: KnownVersion): void {
    const { reversed } = this.#sketch;
    const isFirst = this.#sketch.presentName(from) === from && !this.#sketch.wasPut(from);
    this.#sketch.remove(from);
    this.steps.push({ op: 'delete', path: from, expected: isFirst ? version : 'ours' });
    this.deleteWhatCanBe();
    const wanted = [...this.#wanted].find(({ slot }) => !isGone(slot) && back(slot.path, reversed) === from);
    if (wanted !== undefined) this.#wanted.delete(wanted);
    const entry = wanted?.target.state ?? state;
    const restored = wanted?.target.version ?? version;
    const path = this.#sketch.live(to) === null ? to : from;
    if (entry.kind !== 'tombstone') this.#put({ op: 'put', path, expected: 'absent', entry, restored });
  }

  bringBack(): void {
    const puts = [...this.#wanted].map((wanted) => toPut(wanted, this.#moves, this.#sketch.reversed));
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

  /** What was a folder and was made something else is needed before what moves back into it. */
  #bringBackFolder(path: RelativePath): void {
    for (const wanted of this.#wanted) {
      if (wanted.target.state.kind !== 'dir') continue;
      const put = toPut(wanted, this.#moves, this.#sketch.reversed);
      if (put.path !== path) continue;
      this.#put(put);
      this.#wanted.delete(wanted);
    }
  }

  #put(put: PutStep): void {
    const { path, entry, expected } = put;
    const live = this.#sketch.live(path);
    const isFolder = this.#sketch.kindAt(path) === 'dir';
    if (entry.kind !== 'dir' && isFolder && this.#sketch.children(path) > 0) this.kept.push({ path, reason: 'not_empty', by: null });
    else if (expected === 'absent' && live !== null && !(isFolder && entry.kind === 'dir'))
      this.kept.push({ path, reason: 'taken', by: null });
    else if (!ancestorsOf(path).every((folder) => this.#isRoomIn(folder))) this.kept.push({ path, reason: 'taken', by: null });
    else {
      this.steps.push(put);
      this.#sketch.put(path, entry.kind);
    }
  }
}

function toPut({ slot, target }: Wanted, moves: Renames<MoveLine>, reversed: Renames<ReversedMove>): PutStep {
  const { state, version } = target;
  if (state.kind === 'tombstone') throw new Error('a deletion is not brought back');
  const step = { op: 'put', entry: state, restored: version } as const;
  if (!isGone(slot)) {
    const place = back(slot.path, reversed);
    return { ...step, path: place, expected: place === slot.path ? slot.version : 'ours' };
  }
  // What is deleted does not move along with the folder it was in, but its place does.
  const died = (slot.states.at(-1) as PastState).version;
  const place = backPlace(follow(slot.path, moves, placeAfter(moves.list, died)), reversed, slot.renames);
  return { ...step, path: place, expected: 'absent' };
}
