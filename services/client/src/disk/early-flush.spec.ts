import { expect, it } from 'vitest';
import { EarlyFlush } from './early-flush.ts';

const MIB = 1024 * 1024;

/** Flushes that end when they are told to. */
function flushes() {
  const open: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  let begun = 0;
  const early = new EarlyFlush(() => {
    begun += 1;
    return new Promise((resolve, reject) => open.push({ end: resolve, fail: reject }));
  });
  return { early, open, begun: () => begun };
}

it('flushes again after every 32 MiB, one at a time', async () => {
  const { early, open, begun } = flushes();
  for (let at = 0; at < 31; at += 1) early.wrote(MIB);
  expect(begun()).toBe(0);
  early.wrote(MIB);
  expect(begun()).toBe(1);
  early.wrote(40 * MIB);
  expect(begun()).toBe(1);
  const ended = early.ended();
  open[0]?.end();
  await ended;
  early.wrote(1);
  expect(begun()).toBe(2);
});

it('tells in the end of a flush that failed, also when a later one succeeded', async () => {
  const { early, open } = flushes();
  early.wrote(32 * MIB);
  open[0]?.fail(new Error('no room'));
  await expect(early.ended()).rejects.toThrow('no room');
  early.wrote(32 * MIB);
  open[1]?.end();
  await expect(early.ended()).rejects.toThrow('no room');
});

it('has nothing to wait for when little was written', async () => {
  const { early } = flushes();
  early.wrote(1);
  await expect(early.ended()).resolves.toBeUndefined();
});
