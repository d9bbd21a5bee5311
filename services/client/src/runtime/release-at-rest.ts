import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds between two looks at how busy the thread was. */
const LOOK_MS = 5_000;
/** Share of the time that work has to take for much garbage to be left of it. */
const BUSY = 0.2;

/**
 * Gives memory back to the system each time that this thread comes to rest after work. V8 alone collects what is left of a large transfer
 * only when more is allocated, which a client at rest does not do for days.
 *
 * @returns what ends that
 */
export function releaseAtRest(collect: () => void = collectAll, lookMs = LOOK_MS): () => void {
  let before = performance.eventLoopUtilization();
  let hasWorked = false;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const isBusy = performance.eventLoopUtilization(now, before).utilization > BUSY;
    before = now;
    if (!isBusy && hasWorked) collect();
    hasWorked = isBusy;
  }, lookMs).unref();
  return () => clearInterval(timer);
}

let gc: (() => void) | undefined;

/** Node has no other way to ask for it than a flag, which is taken back at once: nobody else finds `gc`. */
function collectAll(): void {
  if (gc === undefined) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  gc();
}
