import { Random } from '../harness/random.ts';
import { type FuzzedRequest, mutate } from './mutate.ts';
import { rawBytes } from './raw.ts';
import { SEED_REQUESTS } from './seeds.ts';
import { send, toBytes } from './send.ts';

/** A request that the server answered in a way in which it must never answer. */
export interface Finding {
  readonly input: number;
  readonly what: string;
  /** The request, base64. */
  readonly bytes: string;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Milliseconds that the slowest call of `GET /health` beside the load took. */
  readonly slowestHealthMs: number;
}

/** Requests under way at a time. */
const LANES = 8;
/** Milliseconds between two looks at the server's health. */
const HEALTH_EVERY_MS = 100;
/** What a server says on purpose when it is full or not ready; every other 5xx is a fault of its own. */
const MEANT = new Set([503, 507]);

/** Sends requests made by chance from one seed; the same seed makes the same requests. */
export async function fuzz(
  port: number,
  { seed, inputs, onProgress }: { seed: number; inputs: number; onProgress?: (done: number) => void },
): Promise<FuzzResult> {
  const statuses: Record<string, number> = {};
  const findings: Finding[] = [];
  let next = 0;
  let slowestHealthMs = 0;
  const health = setInterval(() => {
    const begun = performance.now();
    send(port, HEALTH).then(
      () => (slowestHealthMs = Math.max(slowestHealthMs, performance.now() - begun)),
      () => undefined,
    );
  }, HEALTH_EVERY_MS);
  const lane = async (): Promise<void> => {
    while (next < inputs && findings.length < 20) {
      const input = next++;
      const bytes = inputOf(seed, input);
      const what = await send(port, bytes).then(
        (status) => {
          statuses[status] = (statuses[status] ?? 0) + 1;
          return status >= 500 && !MEANT.has(status) ? `was answered with ${status}` : null;
        },
        (error: unknown) => (error as Error).message,
      );
      if (what !== null) findings.push({ input, what, bytes: bytes.toString('base64') });
      if (input % 1000 === 999) onProgress?.(input + 1);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  clearInterval(health);
  return { inputs: next, statuses, findings, slowestHealthMs: Math.round(slowestHealthMs) };
}

const HEALTH = toBytes({ method: 'GET', target: '/health', headers: {}, body: Buffer.alloc(0) } satisfies FuzzedRequest);

/** Input number `input` of a seed; does not depend on the ones before it. */
function inputOf(seed: number, input: number): Buffer {
  const random = new Random((seed * 1_000_003 + input) % 0x7fffffff);
  if (random.below(20) === 0) return rawBytes(random);
  return toBytes(mutate(random.pick(SEED_REQUESTS), random));
}
