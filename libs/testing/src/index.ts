export { testDatabase, type TestDatabase } from './postgres/test-database.ts';
export { startFaultyProxy, type FaultyProxy } from './network/faulty-proxy.ts';
