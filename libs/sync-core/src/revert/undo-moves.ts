import { type RelativePath, type VersionId, rebase, splitVersionId } from '@syncpair/contracts';
import { ByPath } from './by-path.ts';
import { Renames } from './renames.ts';
import type { MoveLine, SpanLine } from './replay-span.ts';
import type { KeptPath } from './revert-plan.ts';

/** A move taken back: what is at `from`, once the ones before it in the list are taken back, gets the name `to`. */
export interface ReversedMove {
  readonly from: RelativePath;
  readonly to: RelativePath;
  /** The move that is taken back. */
  readonly version: VersionId;
  /** False when what was moved is gone: there is nothing to do, but its place is another one. */
  readonly lives: boolean;
}

/**
 * The moves that take back those of one's own, the latest first, and the names that stay because somebody renamed the same thing since.
 * Names are followed through what others did to the folders above.
 */
export function undoMoves(
  lines: readonly SpanLine[],
  moves: Renames<MoveLine>,
): { readonly reversed: ReversedMove[]; readonly kept: KeptPath[] } {
  const reversed = new Renames<ReversedMove>();
  const kept: KeptPath[] = [];
  for (const { place, move, path, lives, renamedBy } of trackMoves(lines).reverse()) {
    if (renamedBy !== null) {
      kept.push({ path, reason: 'renamed_since', by: renamedBy });
      continue;
    }
    const from = lives ? back(path, reversed) : backPlace(path, reversed, new Set());
    const to = backPlace(follow(move.from, moves, place + 1), reversed, new Set());
    reversed.add({ from, to, version: move.version, lives });
  }
  return { reversed: reversed.list, kept };
}

/** Something that got one name after another from oneself: only the first one's origin counts. */
interface MovedThing {
  readonly move: MoveLine;
  /** The number of the move among all. */
  readonly place: number;
  path: RelativePath;
  lives: boolean;
  /** Who else gave the thing itself another name. */
  renamedBy: string | null;
}

/** Where the things are now that one's own moves were about. */
function trackMoves(lines: readonly SpanLine[]): MovedThing[] {
  const things: MovedThing[] = [];
  const at = new ByPath<MovedThing>();
  let place = -1;
  for (const line of lines) {
    if (line.op === 'head') {
      for (const thing of at.get(line.path)) thing.lives = line.state.kind !== 'tombstone';
      continue;
    }
    place += 1;
    const again = at.get(line.from).some(({ lives, renamedBy }) => lives && renamedBy === null);
    for (const thing of at.within(line.from)) {
      if (!thing.lives) continue;
      if (thing.path === line.from && !line.own) thing.renamedBy = line.author;
      at.remove(thing);
      thing.path = rebase(thing.path, line.from, line.to);
      at.add(thing);
    }
    if (!line.own || again) continue;
    const thing = { move: line, place, path: line.to, lives: true, renamedBy: null };
    things.push(thing);
    at.add(thing);
  }
  return things;
}

const doesLive = ({ lives }: ReversedMove): boolean => lives;

/** The name that something which lives now has once the moves are taken back. */
export const back = (path: RelativePath, reversed: Renames<ReversedMove>): RelativePath => reversed.follow(path, 0, doesLive, doesLive);

/** The same for the place of what is gone: it goes where its folder goes, and takes back the moves (`own`) that it went through itself. */
export const backPlace = (path: RelativePath, reversed: Renames<ReversedMove>, own: ReadonlySet<VersionId>): RelativePath =>
  reversed.follow(
    path,
    0,
    () => true,
    ({ version }) => own.has(version),
  );

/** Where the place of what is gone is after the moves from number `start` on: it goes where its folder goes. */
export const follow = (path: RelativePath, moves: Renames<MoveLine>, start: number): RelativePath =>
  moves.follow(
    path,
    start,
    () => true,
    () => false,
  );

/** The number of the first move that came after a version. */
export function placeAfter(moves: readonly MoveLine[], version: VersionId): number {
  const { seq, ordinal } = splitVersionId(version);
  let [low, high] = [0, moves.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = splitVersionId((moves[middle] as MoveLine).version);
    if (at.seq > seq || (at.seq === seq && at.ordinal > ordinal)) high = middle;
    else low = middle + 1;
  }
  return low;
}
