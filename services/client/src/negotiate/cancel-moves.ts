import type { RelativePath } from '@syncpair/contracts';
import type { State } from '../state/state.ts';

/**
 * A rename that waits to be carried out covers a path that has another meaning since: the heads, which are written in any case, do it file
 * by file instead. News of a path below the new name alone (`from` given) change nothing for it.
 */
export function cancelMoves({ remote }: Pick<State, 'remote'>, path: RelativePath, only?: 'from'): void {
  for (const move of remote.movesAt(path, only)) remote.removeMove(move);
}
