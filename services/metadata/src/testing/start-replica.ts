import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServiceApp } from '@syncpair/service-http';
import { MetadataModule } from '../app.module.ts';
import { openDatabase } from '../database/open-database.ts';
import type { MetadataOptions } from '../metadata-options.ts';
import { MemoryContentStore } from './memory-content-store.ts';

export interface Replica {
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly store: MemoryContentStore;
  close(): Promise<void>;
}

/** One replica of the service on a database, listening on a free port; clients get all they ask for, unless `rate` is told. */
export async function startReplica(
  databaseUrl: string,
  options: Partial<MetadataOptions> & { readonly store?: MemoryContentStore } = {},
): Promise<Replica> {
  const store = options.store ?? new MemoryContentStore();
  const silent = { info: () => undefined, warn: () => undefined };
  const dataSource = await openDatabase({ url: databaseUrl, poolSize: 8, log: silent });
  const module = MetadataModule.register({
    dataSource,
    directDatabaseUrl: databaseUrl,
    contentStore: store,
    auth: 'open',
    rate: null,
    ...options,
  });
  const app = await createServiceApp(module, { name: 'metadata', logLevel: 'error', quiet: true });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), store, close: () => app.close() };
}
