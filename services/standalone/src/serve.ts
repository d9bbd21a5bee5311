import type { Server } from 'node:http';
import { join } from 'node:path';
import { BlobModule, BlobService, openDiskBlobStore } from '@syncpair/blob';
import { COLLECT_TIMES, MetadataModule, openDatabase } from '@syncpair/metadata';
import { createServiceApp } from '@syncpair/service-http';
import type { HoldLimits, RateLimits } from '@syncpair/sync-core';
import { type DynamicModule, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Closers } from './closers.ts';
import { LocalContentStore } from './local-content-store.ts';
import { LocalContentUpkeep } from './local-content-upkeep.ts';
import { MetadataGrantKeys } from './metadata-grant-keys.ts';
import type { ServerLog } from './server-log.ts';

export { openServerLog } from './server-log.ts';

/** Bytes of the largest content. */
const MAX_CONTENT_BYTES = 64 * 1024 ** 3;

/** Connections of the services to PostgreSQL; the embedded one takes 50. */
const POOL_SIZE = 16;

/**
 * Milliseconds, when the server stops: for open requests to end, for the whole application, and for connections to PostgreSQL. What still waits
 * for PostgreSQL then is ended by its stop.
 */
const GRACE_MS = 2_000;
const APP_PATIENCE_MS = 2_500;
const CONNECTIONS_PATIENCE_MS = 500;

@Module({})
class StandaloneModule {}

export interface ServeOptions {
  readonly storageDir: string;
  readonly databaseUrl: string;
  /** See `ServiceAppOptions`. */
  readonly allowedHosts: readonly string[] | undefined;
  /** See `MetadataOptions`. */
  readonly hold: HoldLimits | undefined;
  readonly rate: RateLimits | null | undefined;
  readonly log: ServerLog;
  readonly signal: AbortSignal;
}

/**
 * Both services as one application that is ready to listen. What it opens goes to `closers` at once.
 *
 * Metadata reaches the contents without HTTP, the blob service knows metadata's keys without asking, and `/blobs/*` and the rest lie behind one
 * port: no proxy is needed.
 */
export async function createApp(options: ServeOptions, closers: Closers): Promise<NestFastifyApplication> {
  const { databaseUrl, storageDir, log, signal } = options;
  const { report } = log;
  const store = await openDiskBlobStore(join(storageDir, 'blobs'), { report });
  closers.add(() => store.close());
  const blobs = await BlobService.open({ store });
  const dataSource = await openDatabase({ url: databaseUrl, poolSize: POOL_SIZE, log, signal });
  closers.add(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
  }, CONNECTIONS_PATIENCE_MS);

  const grantKeys = new MetadataGrantKeys();
  const metadata = MetadataModule.register({
    dataSource,
    directDatabaseUrl: databaseUrl,
    contentStore: (signer) => {
      grantKeys.know(signer.publicKeys());
      return new LocalContentStore(store, blobs, MAX_CONTENT_BYTES, report);
    },
    collect: { upkeep: new LocalContentUpkeep(store), times: COLLECT_TIMES },
    auth: 'open',
    ...(options.hold === undefined ? {} : { hold: options.hold }),
    ...(options.rate === undefined ? {} : { rate: options.rate }),
  });
  const root: DynamicModule = {
    module: StandaloneModule,
    imports: [metadata, BlobModule.register({ store, grantKeys, maxBlobBytes: MAX_CONTENT_BYTES })],
  };
  const app = await createServiceApp(root, { ...log.options, allowedHosts: options.allowedHosts });
  closers.add(() => closeSoon(app), APP_PATIENCE_MS);
  return app;
}

/** Closes the application; requests that are still open after a while are cut, so that there is time left to stop PostgreSQL. */
async function closeSoon(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer() as Server;
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
