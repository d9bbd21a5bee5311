import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { releaseAtRest } from './release-at-rest.ts';

let stop = (): void => undefined;
afterEach(() => stop());

/** Keeps the thread at work for so many milliseconds. */
async function work(ms: number): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await delay(0)) {
    for (const until = performance.now() + 5; performance.now() < until;) JSON.stringify({ a: performance.now() });
  }
}

it('releases memory once after each piece of work, and not while work goes on or nothing was done', async () => {
  const collected = vi.fn();
  stop = releaseAtRest(collected, 50);
  await work(500);
  const during = collected.mock.calls.length;
  await vi.waitFor(() => expect(collected).toHaveBeenCalledTimes(during + 1), { timeout: 20_000 });
  await work(500);
  await vi.waitFor(() => expect(collected.mock.calls.length).toBeGreaterThan(during + 1), { timeout: 20_000 });
  expect(during).toBe(0);
});

it('collects what nobody holds any more', async () => {
  let gone = false;
  const registry = new FinalizationRegistry(() => (gone = true));
  registry.register({ large: new Array(1_000).fill(0) }, 0);
  stop = releaseAtRest(undefined, 50);
  await work(200);
  await vi.waitFor(() => expect(gone).toBe(true), { timeout: 20_000 });
});
