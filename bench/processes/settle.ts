import { setTimeout as delay } from 'node:timers/promises';
import { usageOf } from '../load/usage.ts';

const LOOK_MS = 1_000;
/** Of a second, by each of them. Less would be more than a profiler leaves. */
const QUIET_CPU_SECONDS = 0.05;
const QUIET_LOOKS = 3;

/** Waits until processes and all below them do next to nothing for three seconds. @throws {Error} when they go on for too long */
export async function settle(pids: readonly number[], { withinSeconds = 600 }: { readonly withinSeconds?: number } = {}): Promise<void> {
  const used = (): number => pids.reduce((sum, pid) => sum + usageOf(pid).cpuSeconds, 0);
  const end = performance.now() + withinSeconds * 1000;
  for (let before = used(), quiet = 0; quiet < QUIET_LOOKS;) {
    if (performance.now() > end) throw new Error(`the processes were not quiet within ${withinSeconds} s`);
    await delay(LOOK_MS);
    const now = used();
    quiet = now - before < QUIET_CPU_SECONDS * pids.length ? quiet + 1 : 0;
    before = now;
  }
}
