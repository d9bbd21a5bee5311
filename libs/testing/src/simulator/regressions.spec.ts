import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePlan } from './plan/plan-file.ts';
import { playPlan } from './play-plan.ts';

const FOLDER = join(import.meta.dirname, 'regressions');

describe('plans that once broke a rule', () => {
  for (const name of readdirSync(FOLDER).sort()) {
    const { plan, found } = decodePlan(readFileSync(join(FOLDER, name), 'utf8'));
    it(`${name.replace(/\.json$/, '').replaceAll('-', ' ')} (${found})`, async () => {
      const first = await playPlan(plan);
      expect(first.findings).toEqual([]);
      expect((await playPlan(plan)).digest).toBe(first.digest);
    });
  }
});
