import { readdirSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from '../../e2e/harness/client-process.ts';
import { memoryOf } from '../../e2e/harness/memory.ts';
import type { ServerProcess } from '../../e2e/harness/server-process.ts';
import { usageOf } from '../load/usage.ts';
import type { Rest } from './tree-figures.ts';

/** Leaves a client that has settled alone for twice so many seconds: first it comes to rest and gives memory back, then it is measured. */
export async function measureRest(client: ClientProcess, server: ServerProcess, seconds: number): Promise<Rest> {
  await delay(seconds * 1000);
  const [clientPid, serverPid] = [client.process.pid, server.process.pid];
  const { now: rssBytes, peak: peakBytes } = memoryOf(clientPid);
  const [before, serverBefore] = [usageOf(clientPid), usageOf(serverPid)];
  const indexBytes = readdirSync(client.folder)
    .filter((name) => name.startsWith('.syncpair_state.db'))
    .reduce((sum, name) => sum + statSync(client.at(name)).size, 0);
  await delay(seconds * 1000);
  return {
    rssBytes,
    pssBytes: before.bytes,
    peakBytes,
    indexBytes,
    seconds,
    clientCpuSeconds: usageOf(clientPid).cpuSeconds - before.cpuSeconds,
    serverCpuSeconds: usageOf(serverPid).cpuSeconds - serverBefore.cpuSeconds,
    rssAfterBytes: memoryOf(clientPid).now,
  };
}
