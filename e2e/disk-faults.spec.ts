import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultCase, describeCase } from './disk-faults/fault-case.ts';
import { openFaultStage } from './disk-faults/fault-stage.ts';
import { playCase } from './disk-faults/play-case.ts';
import { assertBuilt } from './harness/command.ts';
import { Random, replayCommand, seedOfRun } from './harness/random.ts';

/** A few of the cases of `npm run disk-faults`. */
const CASES: readonly FaultCase[] = [
  { side: 'client', call: 'openat', error: 'EIO', first: 5, count: 40 },
  { side: 'client', call: 'statx', error: 'EACCES', first: 20, count: 40 },
  { side: 'client', call: 'pwrite64', error: 'ENOSPC', first: 1, count: 6 },
  { side: 'server', call: 'pwrite64', error: 'ENOSPC', first: 1, count: 1 },
];
const seed = seedOfRun();

describe.skipIf(!existsSync('/usr/bin/strace'))(`files travel both ways while system calls fail (seed ${seed})`, () => {
  const random = new Random(seed);
  let stage: Awaited<ReturnType<typeof openFaultStage>>;
  beforeAll(async () => {
    assertBuilt();
    stage = await openFaultStage();
  });
  afterAll(() => stage.close());

  for (const [index, fault] of CASES.entries()) {
    test(`${describeCase(fault)}: nothing is lost, deleted or wrong, and all is mended`, { timeout: 240_000 }, async ({ onTestFailed }) => {
      onTestFailed(() => console.error(`${stage.victim.log.slice(-6_000)}\n${replayCommand(seed, 'e2e/disk-faults.spec.ts')}`));
      const { injected, wrong } = await playCase(stage, fault, random, `case-${index}`);
      expect(wrong).toEqual([]);
      expect(injected).toBeGreaterThan(0);
    });
  }
});
