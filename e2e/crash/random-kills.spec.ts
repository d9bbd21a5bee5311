import { expect, test } from 'vitest';
import { replayCommand, seedOfRun } from '../harness/random.ts';
import { randomKills } from './random-kills.ts';
import { ANYBODY } from './victims.ts';

const seed = seedOfRun();

test(
  `clients, server and PostgreSQL are killed at random and lose nothing (seed ${seed}) [CRA-01] [CRA-02]`,
  { timeout: 300_000 },
  async () => {
    const { failures, logs } = await randomKills(ANYBODY, { seed, kills: 6, calls: null, tell: () => undefined });
    if (failures.length > 0) console.error([replayCommand(seed, 'e2e/crash/random-kills.spec.ts'), logs].join('\n'));
    expect(failures).toEqual([]);
  },
);
