import { createServiceApp } from '@syncpair/service-http';
import { Logger } from '@nestjs/common';
import { BlobModule } from './blob.module.ts';
import { parseBlobConfig } from './config/blob-config.ts';
import { openDiskBlobStore } from './drivers/disk/open-disk-blob-store.ts';
import { RemoteGrantKeys } from './grants/remote-grant-keys.ts';

/** Ends the start with one line that says what to mend. */
function refuse(message: string, exitCode: number): never {
  for (const line of message.split('\n')) process.stderr.write(`syncpair blob: ${line}\n`);
  process.exit(exitCode);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// What is stored is for the service's own account.
process.umask(0o077);
const parsedConfig = parseBlobConfig(process.env);
if (!parsedConfig.ok) refuse(parsedConfig.reason, 2);
const config = parsedConfig.value;

const logger = new Logger('blob');
const report = (problem: string, error: unknown): void => logger.warn({ err: error }, problem);
const store = await openDiskBlobStore(config.folder, { report }).catch((error: unknown) =>
  refuse(`SYNCPAIR_BLOB_DIR: the folder ${config.folder} cannot be used: ${messageOf(error)}`, 2),
);
const grantKeys = new RemoteGrantKeys(config.metadataUrl, Date.now, report);
const module = BlobModule.register({ store, grantKeys, maxBlobBytes: config.maxBlobBytes, alone: true });
const app = await createServiceApp(module, { name: 'blob', logLevel: config.logLevel });

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await app.close();
  await store.close();
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

await app
  .listen(config.port, config.host)
  .catch((error: unknown) => refuse(`cannot listen on ${config.host}:${config.port}: ${messageOf(error)}`, 1));
