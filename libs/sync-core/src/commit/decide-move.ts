import { type MoveChange, type Outcome, type RelativePath, isBelow } from '@syncpair/contracts';
import type { DirectoryView } from './stored-version.ts';

/**
 * Whether a move can be carried out as one: everything below `from` gets a name below `to`, whatever others did to the contents meanwhile.
 *
 * `accept` says so; the answer is the caller's to make, once the rows are written. Every refusal is `superseded`, without a loss: the
 * client then tells the same change as new entries at `to` and deletions at `from`, whose contents the server has.
 */
export function decideMove(
  view: DirectoryView,
  change: MoveChange,
): { readonly verdict: 'accept' } | { readonly verdict: 'answer'; readonly outcome: Outcome } {
  const from = view.head(change.from);
  const earlier = view.answered(change.id);
  if (earlier !== null) {
    return {
      verdict: 'answer',
      outcome: { id: change.id, status: 'committed', version: earlier.version.version, conflict: earlier.conflict },
    };
  }
  const superseded = {
    verdict: 'answer',
    outcome: { id: change.id, status: 'superseded', head: from && { path: change.from, version: from.version, state: from.state } },
  } as const;
  if (change.from === change.to || isBelow(change.to, change.from)) return superseded;
  if (from === null || from.state.kind === 'tombstone') return superseded;
  // A file somebody else has edited keeps its name for the edit; a folder is its name, so it moves with whatever is in it by now.
  if (from.state.kind !== 'dir' && from.version !== change.base) return superseded;
  const to = view.head(change.to);
  if (to !== null && to.state.kind !== 'tombstone') return superseded;
  return ancestorsAreFolders(view, change.to) ? { verdict: 'accept' } : superseded;
}

function ancestorsAreFolders(view: DirectoryView, path: RelativePath): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (view.head(path.slice(0, slash) as RelativePath)?.state.kind !== 'dir') return false;
  }
  return true;
}
