import { DomainError, type Nanoseconds, type RelativePath, type Seq, isBelow, rebase, splitVersionId } from '@syncpair/contracts';
import type { MoveLine, SpanLine, UndoSpan } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { refuseExpired } from '../history/moment-seq.ts';
import type { Directory } from '../store/directory-repository.ts';
import { readCommitsOf, readHeadsBefore, readHeadsSince, readMoves, readTouchedPaths } from '../store/revert-repository.ts';

/** What one undo takes at most; a longer span is undone in parts. */
const MAX_COMMITS = 100_000;
const MAX_PATHS = 200_000;
const MAX_MOVES = 10_000;

/**
 * What a client did in a span of time, and what happened to the same things since; null when it did nothing.
 *
 * @throws {DomainError} `history_expired`, `too_large`
 */
export async function readSpan(
  db: Queryable,
  directory: Directory,
  client: string,
  span: { readonly from: Nanoseconds; readonly to: Nanoseconds },
): Promise<{ readonly span: UndoSpan; readonly paths: readonly RelativePath[] } | null> {
  const commits = await readCommitsOf(db, directory.id, client, span, MAX_COMMITS + 1);
  const first = commits[0];
  if (first === undefined) return null;
  if (commits.length > MAX_COMMITS) throw tooLarge(`${MAX_COMMITS} commits`);
  if (first <= directory.released) await refuseExpired(db, directory);
  const own = new Set<Seq>(commits);
  const touched = await readTouchedPaths(db, directory.id, commits, MAX_PATHS + 1);
  const moves = await readMoves(db, directory.id, first, own, MAX_MOVES + 1);
  if (moves.length > MAX_MOVES) throw tooLarge(`${MAX_MOVES} moves`);
  const paths = namesOf(touched, moves);
  if (paths.length > MAX_PATHS) throw tooLarge(`${MAX_PATHS} paths`);
  const before = await readHeadsBefore(db, directory.id, paths, first);
  const heads = await readHeadsSince(db, directory.id, paths, first, own);
  const lines: SpanLine[] = [...heads, ...moves].sort(inOrder);
  return { span: { before, lines }, paths };
}

/** Every name that what was touched had or got: moves are followed back from any of them, then on. */
function namesOf(touched: readonly RelativePath[], moves: readonly MoveLine[]): RelativePath[] {
  const names = new Set(touched);
  for (const move of moves) if (move.own) names.add(move.from).add(move.to);
  for (const { from, to } of moves.toReversed()) rename(names, to, from);
  for (const { from, to } of moves) rename(names, from, to);
  return [...names];
}

function rename(names: Set<RelativePath>, from: RelativePath, to: RelativePath): void {
  for (const name of [...names]) if (name === from || isBelow(name, from)) names.add(rebase(name, from, to));
}

function inOrder(a: SpanLine, b: SpanLine): number {
  const [first, second] = [splitVersionId(a.version), splitVersionId(b.version)];
  return first.seq - second.seq || first.ordinal - second.ordinal;
}

const tooLarge = (what: string): DomainError => new DomainError('too_large', `the span has more than ${what}; undo it in parts`);
