import { ROUTES } from '@syncpair/contracts';

/** Milliseconds; a status that hangs is worse than one that says "not reachable". */
const PROBE_WITHIN_MS = 2_000;

/** True when a server answers there and can serve. Never rejects: every failure is the answer. */
export async function probeServer(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL(ROUTES.health, url), { signal: AbortSignal.timeout(PROBE_WITHIN_MS), redirect: 'error' });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}
