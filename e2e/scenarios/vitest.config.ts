import { defineConfig } from 'vitest/config';
import { SlowFirst } from './slow-first.ts';

/**
 * `npm run scenarios`: four files at a time, each with a server and clients of its own. They spend three quarters of their time waiting for
 * what happens at a pace of its own (intervals, pauses between tries, slow lines), so two cores have time for four.
 */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['libs/**/*.spec.ts', 'services/**/*.spec.ts', 'e2e/**/*.{spec,slow,real}.ts', 'deploy/**/*.spec.ts'],
    maxWorkers: 4,
    sequence: { sequencer: SlowFirst },
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
