import { generateSigningKeyPem, readSigningKey } from '@syncpair/contracts';
import { GrantSigner } from '../auth/grant-signer.ts';
import { MemoryContentStore } from '../testing/memory-content-store.ts';
import { startBlobService } from '../testing/start-blob-service.ts';
import { registerContentStoreTests } from './content-store.conformance.ts';
import { HttpContentStore } from './http-content-store.ts';

registerContentStoreTests('in memory', () => Promise.resolve({ store: new MemoryContentStore(), close: () => Promise.resolve() }));

registerContentStoreTests('the blob service over HTTP', async () => {
  const signer = new GrantSigner(readSigningKey(generateSigningKeyPem()));
  const blob = await startBlobService(signer.publicKeys());
  return { store: new HttpContentStore(blob.url, signer), close: () => blob.close() };
});
