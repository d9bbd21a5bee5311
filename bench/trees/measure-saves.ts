import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from '../../e2e/harness/client-process.ts';
import type { ServerProcess } from '../../e2e/harness/server-process.ts';
import { Subscribers } from '../load/subscribers.ts';
import { usageOf } from '../load/usage.ts';
import { settle } from '../processes/settle.ts';
import type { Rest, Saves } from './tree-figures.ts';
import { tinyFile } from './write-tiny-tree.ts';

const BYTES = 1_024;
/** Between saves, so that each is a commit of its own. */
const PAUSE_MS = 100;

/** Saves files that are far from each other, one after the other, each heard of before the next. */
export async function measureSaves(
  client: ClientProcess,
  server: ServerProcess,
  { count, files, rest }: { readonly count: number; readonly files: number; readonly rest: Rest },
): Promise<Saves> {
  const pids = [client.process.pid, server.process.pid] as const;
  const listener = new Subscribers();
  await listener.connect(server.port, client.directory, 1);
  try {
    const [before, serverBefore] = pids.map((pid) => usageOf(pid).cpuSeconds) as [number, number];
    const begun = performance.now();
    const heardMs: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const heard = listener.heard(-1);
      writeFileSync(client.at(tinyFile(Math.floor((n * files) / count))), randomBytes(BYTES));
      heardMs.push(...(await heard));
      await delay(PAUSE_MS);
    }
    await settle(pids);
    const atRest = (performance.now() - begun) / 1000 / rest.seconds;
    const [after, serverAfter] = pids.map((pid) => usageOf(pid).cpuSeconds) as [number, number];
    const ofOne = (used: number, idle: number): number => (Math.max(0, used - idle * atRest) * 1000) / count;
    return {
      count,
      clientCpuMs: ofOne(after - before, rest.clientCpuSeconds),
      serverCpuMs: ofOne(serverAfter - serverBefore, rest.serverCpuSeconds),
      heardMs,
    };
  } finally {
    listener.close();
  }
}
