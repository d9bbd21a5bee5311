/** Milliseconds by which the two clocks may differ before the wall clock counts as set anew (or the machine as having slept). */
const DRIFT_MS = 5;

let offset = Date.now() - performance.now();
let last = 0;

/** Microseconds since 1970, never the same twice in a row and never backwards unless the clock was set back. */
export function microseconds(): number {
  const wall = Date.now();
  if (Math.abs(performance.now() + offset - wall) > DRIFT_MS) {
    offset = wall - performance.now();
    last = 0;
  }
  last = Math.max(Math.floor((performance.now() + offset) * 1000), last + 1);
  return last;
}
