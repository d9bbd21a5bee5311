import { ROUTES } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import { z } from 'zod';
import { requestJson } from '../server/http.ts';

const schema = z.object({ server: z.string() });

/** Milliseconds; who waits for it can do without. */
const ANSWER_WITHIN_MS = 3_000;

/** The id of the server that answers; null when none does, or one that has no id. */
export async function servedBy(http: AxiosInstance): Promise<string | null> {
  try {
    const body = await requestJson(http, { method: 'GET', path: ROUTES.health, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const read = schema.safeParse(body);
    return read.success ? read.data.server : null;
  } catch {
    // Not reachable, or not healthy: asked again by whoever needs to know.
    return null;
  }
}
