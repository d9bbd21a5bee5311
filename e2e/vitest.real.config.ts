import { defineConfig } from 'vitest/config';

/** Real projects through real processes: minutes, not seconds, and figures to read. One at a time, for what is measured. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['real/**/*.real.ts'],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 300_000,
  },
});
