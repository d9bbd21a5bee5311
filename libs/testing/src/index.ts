export { testDatabase, type TestDatabase } from './postgres/test-database.ts';
