import { NANOSECONDS_PER_MS, type VersionState } from '@syncpair/contracts';

/** An mtime further ahead of the server's clock than this says nothing about order. */
const MAX_AHEAD = 24n * 3_600_000n * NANOSECONDS_PER_MS;

/**
 * The order of a new content: max(mtime, parent's order + 1 ms), the parent being the version it was made from. "Newest wins" made
 * independent of the order of arrival, while a version made from another is always greater than it, whatever the clocks say. An mtime over
 * 24 h ahead of `now` counts as `now`. A version that changes only mtime or executable bit keeps the order of its content.
 *
 * Times are nanoseconds since 1970.
 */
export function orderOf(state: VersionState, parentOrder: bigint | null, now: bigint): bigint {
  const own = state.kind === 'file' || state.kind === 'link' ? (state.mtime > now + MAX_AHEAD ? now : state.mtime) : null;
  if (parentOrder === null) return own ?? now;
  const afterParent = parentOrder + NANOSECONDS_PER_MS;
  return own !== null && own > afterParent ? own : afterParent;
}

/** What breaks a tie of orders: any fixed total order of contents that every replica computes alike. */
const tieKey = (state: VersionState): string =>
  state.kind === 'file' ? state.hash : state.kind === 'link' ? `link:${state.target}` : state.kind;

/** True when version a wins over the concurrent version b. Total and symmetric: swapping the two swaps the answer, unless both are equal. */
export function wins(a: { state: VersionState; order: bigint }, b: { state: VersionState; order: bigint }): boolean {
  if ((a.state.kind === 'dir') !== (b.state.kind === 'dir')) return a.state.kind === 'dir';
  return a.order === b.order ? tieKey(a.state) > tieKey(b.state) : a.order > b.order;
}
