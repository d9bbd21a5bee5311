import { expect, test } from 'vitest';
import { replayCommand, seedOfRun } from '../harness/random.ts';
import { useWorld } from '../harness/world.ts';
import { fuzz } from './fuzz.ts';

const seed = seedOfRun();
const INPUTS = 2_000;
const world = useWorld({ testTimeout: 300_000 });

test(`requests made by chance neither end the server nor are answered with a fault of its own (seed ${seed})`, async ({ onTestFailed }) => {
  onTestFailed(() => console.error(replayCommand(seed, 'e2e/fuzz/fuzz.spec.ts')));
  // All inputs come from few clients, and none may be turned away before it is read.
  const server = world.otherServer(['env', 'SYNCPAIR_RATE=off']);
  await server.start();
  const result = await fuzz(server.port, { seed, inputs: INPUTS });
  expect(result.findings).toEqual([]);
  // Enough of them got as far as a decision, and enough were refused.
  expect(result.statuses['200']).toBeGreaterThan(INPUTS / 20);
  expect(result.statuses['400']).toBeGreaterThan(INPUTS / 20);
  expect(server.process.isRunning).toBe(true);
});
