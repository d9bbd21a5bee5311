import { type RelativePath, type VersionId, ancestorsOf, isLaterVersion } from '@syncpair/contracts';
import type { RemoteHead, RemoteMove } from '../state/remote-store.ts';

/** Renames that wait for a folder, asked for each head: what one costs does not grow with how many wait. */
export class WaitingMoves {
  readonly #ends = new Set<RelativePath>();
  /** The earliest version of a rename that begins at a path. */
  readonly #beginnings = new Map<RelativePath, VersionId>();

  /** `moves` in the order in which they were made. */
  constructor(moves: readonly RemoteMove[]) {
    for (const { from, to, version } of moves) {
      this.#ends.add(to);
      if (!this.#beginnings.has(from)) this.#beginnings.set(from, version);
    }
  }

  /**
   * True when carrying out a head now would take from a rename that waits what it is to carry: an entry that arrives at its end by a move, or a
   * deletion at its beginning that came with it or later. What was deleted before the rename goes before it.
   */
  carry({ path, version, state, movedFrom }: RemoteHead): boolean {
    if (this.#ends.size === 0) return false;
    const places = [path, ...ancestorsOf(path)];
    if (state.kind !== 'tombstone') return movedFrom !== null && places.some((place) => this.#ends.has(place));
    return places.some((place) => {
      const move = this.#beginnings.get(place);
      return move !== undefined && !isLaterVersion(move, version);
    });
  }
}
