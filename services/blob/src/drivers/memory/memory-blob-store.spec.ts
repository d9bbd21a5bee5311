import { registerBlobStoreTests } from '../../blobs/blob-store.conformance.ts';
import { registerManyBlobsTests } from '../../blobs/many-blobs.conformance.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';

for (const register of [registerBlobStoreTests, registerManyBlobsTests])
  register('the store in memory', async () => {
    const store = new MemoryBlobStore();
    let used = 0;
    return {
      store,
      reopen: async () => store,
      limitSpace: async (bytes) => {
        used = 0;
        for await (const { size } of store.list()) used += size;
        store.capacity = used + bytes;
      },
      dispose: async () => undefined,
    };
  });
