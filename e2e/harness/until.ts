import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until something other than `undefined` is seen. @throws {Error} that says what was waited for in vain */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { within = 30_000, every = 50 }: { readonly within?: number; readonly every?: number } = {},
): Promise<T> {
  for (const end = performance.now() + within; ; await delay(every)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > end) throw new Error(`waited in vain for ${within} ms: ${what}`);
  }
}
