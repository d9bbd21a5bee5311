import { registerSeedTests } from './register-seed-tests.ts';

registerSeedTests(0, 500);
