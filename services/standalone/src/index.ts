export { startStandalone, type Standalone } from './start-standalone.ts';
export { StandaloneError } from './standalone-error.ts';
export type { StandaloneOptions } from './standalone-options.ts';
export { collectGarbage } from './storage/collect-garbage.ts';
export { checkStorage } from './storage/check-storage.ts';
export type { FsckProblem, FsckReport } from '@syncpair/metadata';
export { backUp, type BackupResult } from './storage/back-up.ts';
export { restoreBackup, type RestoreResult } from './storage/restore-backup.ts';
