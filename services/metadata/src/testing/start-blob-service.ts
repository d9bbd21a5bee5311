import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobModule, knownGrantKeys, openDiskBlobStore } from '@syncpair/blob';
import type { PublicKeyJson } from '@syncpair/contracts';
import { createServiceApp } from '@syncpair/service-http';

/** A real blob service on a disk of its own, which takes the grants of these keys. */
export async function startBlobService(
  grantKeys: readonly PublicKeyJson[],
  port = 0,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'syncpair-metadata-blobs-'));
  const store = await openDiskBlobStore(folder);
  const module = BlobModule.register({ store, grantKeys: knownGrantKeys(grantKeys), alone: true });
  const app = await createServiceApp(module, { name: 'blob', logLevel: 'error', quiet: true });
  await app.listen(port, '127.0.0.1');
  return {
    url: await app.getUrl(),
    close: async () => {
      await app.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
