import { performance } from 'node:perf_hooks';
import { releaseMemory } from './release-memory.ts';

/** Milliseconds between two looks at how busy the thread was. */
const LOOK_MS = 5_000;
/** Share of the time that work has to take for much garbage to be left of it. */
const BUSY = 0.2;
/** Share of the time above which a thread is not at rest: somebody saves a file now and then, and would wait for the collection. */
const RESTING = 0.01;
/** Looks that have to find rest one after the other: who works on and off would else be held up by each collection. */
const RESTS = 3;

/**
 * Gives memory back to the system each time that this thread comes to rest, after its start and after work. V8 alone collects what is
 * left of a large transfer only when more is allocated, which a client at rest does not do for days.
 *
 * @returns what ends that
 */
export function releaseAtRest(release: () => void = releaseMemory, lookMs = LOOK_MS): () => void {
  let before = performance.eventLoopUtilization();
  // A start is work: what was read and compiled for it is more than half of what a client at rest holds.
  let hasWorked = true;
  let rests = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    hasWorked ||= utilization > BUSY;
    rests = utilization > RESTING ? 0 : rests + 1;
    if (!hasWorked || rests < RESTS) return;
    hasWorked = false;
    release();
  }, lookMs).unref();
  return () => clearInterval(timer);
}
