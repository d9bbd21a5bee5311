export { BlobModule, type BlobModuleOptions } from './blob.module.ts';
export { BlobService, type BlobServiceOptions } from './blobs/blob-service.ts';
export type { BlobRef, BlobStore, OpenBlob, SmallBlob, StoredBlob } from './blobs/blob-store.ts';
export { parseRangeHeader, type RangeRequest } from './blobs/byte-range.ts';
export { openDiskBlobStore } from './drivers/disk/open-disk-blob-store.ts';
export { MemoryBlobStore } from './drivers/memory/memory-blob-store.ts';
export { knownGrantKeys, type GrantKeys } from './grants/grant-keys.ts';
export { joinGrants, type Granted } from './grants/granted.ts';
export { BLOB_ROUTES } from '@syncpair/contracts';
