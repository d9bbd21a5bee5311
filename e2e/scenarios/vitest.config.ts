import { defineConfig } from 'vitest/config';

/**
 * `npm run scenarios`: two files at a time, as in `npm test`. Most of what they do is wait, each for its own server and its own clients, and
 * every wait is for a condition.
 */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['libs/**/*.spec.ts', 'services/**/*.spec.ts', 'e2e/**/*.{spec,slow,real}.ts'],
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
