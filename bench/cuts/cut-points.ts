/**
 * Moments at which a transfer is cut: bytes passed, ascending, between 2 and 98 of a hundred of it. The same seed gives the same moments.
 */
export function cutPoints(seed: number, count: number, bytes: number): number[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => Math.round(bytes * (0.02 + 0.96 * random()))).toSorted((a, b) => a - b);
}

/** A generator of 32 bits that is good enough to choose moments. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
