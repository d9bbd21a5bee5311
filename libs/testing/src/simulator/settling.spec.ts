import { expect, test } from 'vitest';
import { NO_FAULTS } from './network/simulated-link.ts';
import type { Plan, UserAct } from './plan/plan.ts';
import { playPlan } from './play-plan.ts';

/** Of this size a file rests for 250 ms before it is read. */
const LARGE = 12 * 1024 * 1024;
/** Milliseconds at which the first act comes: everybody has joined. */
const BEGIN = 5_000;

type Acts = readonly (readonly [number, UserAct])[];

/** Plays acts of one client, each so many milliseconds after the beginning. @returns when the server got each version of the file */
async function versions(acts: Acts): Promise<number[]> {
  const plan: Plan = {
    seed: 'settling',
    clients: [
      { skew: 0, ignore: [] },
      { skew: 0, ignore: [] },
    ],
    directories: 1,
    network: NO_FAULTS,
    silentLoss: 0,
    steps: acts.map(([at, act]) => ({ at: BEGIN + at, client: 0, directory: 0, act })),
  };
  const { findings, trace } = await playPlan(plan, { keepTrace: true });
  expect(findings).toEqual([]);
  return trace.filter((line) => /^[\d.]+ d0 has .*\bfile\b/.test(line)).map((line) => Number.parseFloat(line) - BEGIN);
}

const write = (size: number): UserAct => ({ do: 'write', path: 'a', text: 'first', size });
const appends = (count: number, everyMs: number): Acts =>
  Array.from({ length: count }, (_, index) => [(index + 1) * everyMs, { do: 'append', path: 'a', text: `part ${index}` }]);

test('a large file that is still being written is sent once, when it rests (R39)', async () => {
  const found = await versions([[0, write(LARGE)], ...appends(10, 100)]);
  expect(found).toHaveLength(1);
  expect(found[0]).toBeGreaterThan(1_250);
});

test('a small file is sent at once, and again when it goes on', async () => {
  const found = await versions([[0, write(1_000)], ...appends(2, 300)]);
  expect(found).toHaveLength(3);
  found.forEach((at, index) => expect(at - index * 300).toBeLessThan(100));
});

test('a large file that was written aside is sent as soon as it has its name', async () => {
  const save: UserAct = { do: 'save', path: 'a', text: 'b', size: LARGE, pause: 100 };
  const [plain] = await versions([[0, write(LARGE)]]);
  const [saved] = await versions([[0, save]]);
  // Both were written at the same time, and take the same time on the wire.
  expect((plain as number) - (saved as number)).toBeGreaterThan(100);
});

test('a large file is sent as soon as it is known to be complete, by its permissions say', async () => {
  const larger = 20 * 1024 * 1024;
  const [plain] = await versions([[0, write(larger)]]);
  const [dressed] = await versions([
    [0, write(larger)],
    [100, { do: 'chmod', path: 'a' }],
  ]);
  expect((plain as number) - (dressed as number)).toBeGreaterThan(200);
});

test.each([
  ['a small file', 1_000, 25, 1_200],
  ['a large file', LARGE, 110, 60],
])('%s that never rests is sent from time to time, and not at each change (R39)', async (_, size, everyMs, count) => {
  const seconds = (count * everyMs) / 1000;
  const found = await versions([[0, write(size)], ...appends(count, everyMs)]);
  expect(found.length).toBeGreaterThanOrEqual(seconds / 5);
  expect(found.length).toBeLessThanOrEqual(seconds * 2.5 + 8);
});
