import { registerSeedTests } from './register-seed-tests.ts';

registerSeedTests(500, 500);
