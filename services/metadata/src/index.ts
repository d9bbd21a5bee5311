export { MetadataModule } from './app.module.ts';
export type { AuthMode, MetadataOptions } from './metadata-options.ts';
export { GrantSigner } from './auth/grant-signer.ts';
export type { ByteRange, ContentAddress, ContentStore, StoredContent } from './content/content-store.ts';
export { type OpenDatabaseOptions, openDatabase } from './database/open-database.ts';
export { METADATA_ROUTES } from './http/route-descriptions.ts';
export { HttpContentStore } from './content/http-content-store.ts';
