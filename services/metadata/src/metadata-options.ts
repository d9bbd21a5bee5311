import type { HoldLimits, RateLimits } from '@syncpair/sync-core';
import type { DataSource } from 'typeorm';
import type { GrantSigner } from './auth/grant-signer.ts';
import type { CollectTimes } from './collect/collect-times.ts';
import type { ContentStore } from './content/content-store.ts';
import type { ContentUpkeep } from './content/content-upkeep.ts';

/** How requests are told apart. `open`: a trusted network, every request is the principal `open`. */
export type AuthMode = 'open';

export interface MetadataOptions {
  /** Connected and migrated, as `openDatabase` returns it; closed by the module when the application closes. */
  readonly dataSource: DataSource;
  /** For LISTEN and NOTIFY, which need a connection of their own, not through a transaction pooler. */
  readonly directDatabaseUrl: string;
  /** Where contents lie. A function gets what signs grants, to speak to a blob service with. */
  readonly contentStore: ContentStore | ((grants: GrantSigner) => ContentStore);
  /** How contents that nothing refers to are removed beside the requests; nothing is when left out. */
  readonly collect?: { readonly upkeep: ContentUpkeep; readonly times: CollectTimes };
  readonly auth: AuthMode;
  /** When deletions are held in directories without limits of their own; 50 files and 50 percent when left out. */
  readonly hold?: HoldLimits;
  /** Requests that one client gets served; null: as many as it asks for. See DEFAULT_RATE_LIMITS when left out. */
  readonly rate?: RateLimits | null;
  /** Milliseconds since 1970; the real clock when left out. */
  readonly clock?: () => number;
  /** Milliseconds for which a content of so many bytes is kept for an upload; as long as its grant and receipt last when left out. */
  readonly pinTimeOf?: (size: number) => number;
}
