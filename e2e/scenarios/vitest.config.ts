import { defineConfig } from 'vitest/config';

/** `npm run scenarios`: one file after the other, each with the machine for itself. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['libs/**/*.spec.ts', 'services/**/*.spec.ts', 'e2e/**/*.{spec,slow,real}.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
