import { COLLECT_TIMES, type Collected, collectAll } from '@syncpair/metadata';
import { LocalContentUpkeep } from '../local-content-upkeep.ts';
import { type StorageOptions, openStorage } from './open-storage.ts';

/** One whole garbage collection, beside a running server or without one. @throws StandaloneError */
export async function collectGarbage(options: StorageOptions): Promise<Collected> {
  const storage = await openStorage(options);
  try {
    return await collectAll(storage.database, new LocalContentUpkeep(storage.store), COLLECT_TIMES);
  } finally {
    await storage.close();
  }
}
