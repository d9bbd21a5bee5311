import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from '../../e2e/harness/client-process.ts';
import { inSync } from '../../e2e/harness/in-sync.ts';
import { usageOf } from '../load/usage.ts';
import { rsyncAgain } from './rsync-again.ts';
import type { WholeScan } from './tree-figures.ts';

const SCANS = 3;
const FILES_PER_SECOND = 10_000;

/** Lets a client look at its whole tree at each interval, counts what that takes, and stops it. */
export async function measureScan(client: ClientProcess, files: number): Promise<WholeScan> {
  await client.stop();
  const interval = Math.max(5, Math.ceil(files / FILES_PER_SECOND));
  client.configure({ settings: { watch: 'polling', sync_interval_seconds: interval } });
  await client.start();
  await inSync([client], { within: 600_000 });
  await delay(interval * 1000);
  const { pid } = client.process;
  const before = usageOf(pid).cpuSeconds;
  await delay(SCANS * interval * 1000);
  const cpuSeconds = (usageOf(pid).cpuSeconds - before) / SCANS;
  await client.stop();
  const rsync = rsyncAgain(client.folder, join(client.home, 'copy'));
  return { scans: SCANS, cpuSeconds, rsyncCpuSeconds: rsync.cpuSeconds, rsyncSeconds: rsync.seconds };
}
