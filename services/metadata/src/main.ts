import { Logger } from '@nestjs/common';
import { createServiceApp, createServiceLogger } from '@syncpair/service-http';
import { MetadataModule } from './app.module.ts';
import { parseMetadataConfig } from './config/metadata-config.ts';
import { HttpContentStore } from './content/http-content-store.ts';
import { openDatabase } from './database/open-database.ts';

/** Ends the start with lines that say what to mend. */
function refuse(message: string, exitCode: number): never {
  for (const line of message.split('\n')) process.stderr.write(`syncpair metadata: ${line}\n`);
  process.exit(exitCode);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const parsedConfig = parseMetadataConfig(process.env);
if (!parsedConfig.ok) refuse(parsedConfig.reason, 2);
const config = parsedConfig.value;
const logOptions = { name: 'metadata', logLevel: config.logLevel };

const started = new AbortController();
let close: (() => Promise<void>) | null = null;
let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  started.abort();
  await close?.();
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

const startLog = createServiceLogger(logOptions);
const dataSource = await openDatabase({
  url: config.databaseUrl,
  directUrl: config.directDatabaseUrl,
  poolSize: config.poolSize,
  log: { info: (message) => startLog.info(message), warn: (message) => startLog.warn(message) },
  signal: started.signal,
}).catch((error: unknown) => (stopping ? process.exit(0) : refuse(`SYNCPAIR_DATABASE_URL: ${messageOf(error)}`, 2)));

const module = MetadataModule.register({
  dataSource,
  directDatabaseUrl: config.directDatabaseUrl,
  contentStore: (grants) => new HttpContentStore(config.blobUrl, grants),
  auth: config.auth,
  ...(config.hold === undefined ? {} : { hold: config.hold }),
  ...(config.rate === undefined ? {} : { rate: config.rate }),
});
const app = await createServiceApp(module, { ...logOptions, allowedHosts: config.allowedHosts });
close = () => app.close();
await app
  .listen(config.port, config.host)
  .catch((error: unknown) => refuse(`cannot listen on ${config.host}:${config.port}: ${messageOf(error)}`, 1));
new Logger('metadata').log(`listening on ${config.host}:${config.port}`);
