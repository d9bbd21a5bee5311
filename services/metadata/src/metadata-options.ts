import type { DataSource } from 'typeorm';
import type { GrantSigner } from './auth/grant-signer.ts';
import type { ContentStore } from './content/content-store.ts';

/** How requests are told apart. `open`: a trusted network, every request is the principal `open`. */
export type AuthMode = 'open';

export interface MetadataOptions {
  /** Connected and migrated, as `openDatabase` returns it; closed by the module when the application closes. */
  readonly dataSource: DataSource;
  /** For LISTEN and NOTIFY, which need a connection of their own, not through a transaction pooler. */
  readonly directDatabaseUrl: string;
  /** Where contents lie. A function gets what signs grants, to speak to a blob service with. */
  readonly contentStore: ContentStore | ((grants: GrantSigner) => ContentStore);
  readonly auth: AuthMode;
  /** Milliseconds since 1970; the real clock when left out. */
  readonly clock?: () => number;
}
