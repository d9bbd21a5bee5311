export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './error.ts';
export { openEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './open-embedded-postgres.ts';
export { runningPostgresUrl } from './running-postgres.ts';
export { makeStorageDir } from './storage-dir.ts';
export { lockStorage, type StorageLock } from './storage-lock.ts';
export { createDatabase, dropDatabase, withDatabase } from './databases.ts';
export type { PostgresLog } from './log.ts';
