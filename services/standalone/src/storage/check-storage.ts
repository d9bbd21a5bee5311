import { Fsck, type FsckOptions, type FsckReport } from '@syncpair/metadata';
import { type StorageOptions, openStorage } from './open-storage.ts';
import { StoreVerifier } from './store-verifier.ts';

/** Holds the metadata of a storage against its contents, beside a running server or without one. @throws StandaloneError */
export async function checkStorage(options: StorageOptions & FsckOptions): Promise<FsckReport> {
  const storage = await openStorage(options);
  try {
    return await new Fsck(storage.database, new StoreVerifier(storage.store), options).run();
  } finally {
    await storage.close();
  }
}
