import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'libs/**/*.spec.ts',
      'services/**/*.spec.ts',
      'e2e/**/*.spec.ts',
      'tools/**/*.spec.ts',
      'deploy/**/*.spec.ts',
      'bench/**/*.spec.ts',
    ],
    // Needs a running Docker and builds images: `npm run e2e:compose`.
    exclude: [...configDefaults.exclude, 'e2e/compose/**'],
    // Two cores: more workers only make real processes and their timings wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
