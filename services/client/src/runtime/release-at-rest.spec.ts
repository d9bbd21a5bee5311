import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { releaseAtRest } from './release-at-rest.ts';

const run = promisify(execFile);
let stop = (): void => undefined;
afterEach(() => stop());

/** Keeps the thread at work for so many milliseconds, with a pause after each piece of five. */
async function work(ms: number, pauseMs = 0): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await delay(pauseMs)) {
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

it('waits until there is next to nothing to do, for whoever works now and then would be held up', async () => {
  const collected = vi.fn();
  stop = releaseAtRest(collected, 200);
  await work(500);
  await work(2_000, 45);
  expect(collected).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(collected).toHaveBeenCalledOnce(), { timeout: 20_000 });
});

it('releases once what the start has left, without any other work', async () => {
  const collected = vi.fn();
  stop = releaseAtRest(collected, 200);
  await vi.waitFor(() => expect(collected).toHaveBeenCalledOnce(), { timeout: 20_000, interval: 200 });
});

it('collects what nobody holds any more', async () => {
  const script = join(import.meta.dirname, 'release-at-rest.process.ts');
  const { stdout } = await run(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', script], { timeout: 30_000 });
  expect(stdout).toBe('collected\n');
});
