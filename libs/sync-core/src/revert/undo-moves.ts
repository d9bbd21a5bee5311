import { type RelativePath, type VersionId, isBelow, rebase, splitVersionId } from '@syncpair/contracts';
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
export function undoMoves(lines: readonly SpanLine[]): { readonly reversed: ReversedMove[]; readonly kept: KeptPath[] } {
  const reversed: ReversedMove[] = [];
  const kept: KeptPath[] = [];
  for (const { move, path, lives, renamedBy } of trackMoves(lines).reverse()) {
    if (renamedBy !== null) {
      kept.push({ path, reason: 'renamed_since', by: renamedBy });
      continue;
    }
    const place = follow(move.from, movesAfter(lines, move.version));
    const from = lives ? back(path, reversed) : backPlace(path, reversed, new Set());
    reversed.push({ from, to: backPlace(place, reversed, new Set()), version: move.version, lives });
  }
  return { reversed, kept };
}

/** Something that got one name after another from oneself: only the first one's origin counts. */
interface MovedThing {
  readonly move: MoveLine;
  path: RelativePath;
  lives: boolean;
  /** Who else gave the thing itself another name. */
  renamedBy: string | null;
}

/** Where the things are now that one's own moves were about. */
function trackMoves(lines: readonly SpanLine[]): MovedThing[] {
  const things: MovedThing[] = [];
  for (const line of lines) {
    if (line.op === 'head') {
      for (const thing of things) if (thing.path === line.path) thing.lives = line.state.kind !== 'tombstone';
      continue;
    }
    const again = things.some(({ path, lives, renamedBy }) => lives && path === line.from && renamedBy === null);
    for (const thing of things) {
      if (!thing.lives || (thing.path !== line.from && !isBelow(thing.path, line.from))) continue;
      if (thing.path === line.from && !line.own) thing.renamedBy = line.author;
      thing.path = rebase(thing.path, line.from, line.to);
    }
    if (line.own && !again) things.push({ move: line, path: line.to, lives: true, renamedBy: null });
  }
  return things;
}

/** The name that something which lives now has once the moves are taken back. */
export const back = (path: RelativePath, reversed: readonly ReversedMove[]): RelativePath =>
  reversed.reduce((at, { from, to, lives }) => (lives && (at === from || isBelow(at, from)) ? rebase(at, from, to) : at), path);

/** The same for the place of what is gone: it goes where its folder goes, and takes back the moves (`own`) that it went through itself. */
export const backPlace = (path: RelativePath, reversed: readonly ReversedMove[], own: ReadonlySet<VersionId>): RelativePath =>
  reversed.reduce(
    (at, { from, to, version }) => (isBelow(at, from) || (at === from && own.has(version)) ? rebase(at, from, to) : at),
    path,
  );

/** Where the place of what is gone is after these moves of the folders above. */
export const follow = (path: RelativePath, moves: readonly MoveLine[]): RelativePath =>
  moves.reduce((at, { from, to }) => (isBelow(at, from) ? rebase(at, from, to) : at), path);

export function movesAfter(lines: readonly SpanLine[], version: VersionId): MoveLine[] {
  const { seq, ordinal } = splitVersionId(version);
  return lines.filter((line): line is MoveLine => {
    if (line.op !== 'move') return false;
    const at = splitVersionId(line.version);
    return at.seq > seq || (at.seq === seq && at.ordinal > ordinal);
  });
}
