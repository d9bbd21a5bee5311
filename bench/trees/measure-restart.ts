import type { ClientProcess } from '../../e2e/harness/client-process.ts';
import { memoryOf } from '../../e2e/harness/memory.ts';
import { until } from '../../e2e/harness/until.ts';
import { usageOf } from '../load/usage.ts';
import { readsOf } from '../processes/reads.ts';
import { settle } from '../processes/settle.ts';
import type { Restart } from './tree-figures.ts';

/** Stops a client and starts it again; nothing has changed meanwhile. */
export async function measureRestart(client: ClientProcess): Promise<Restart> {
  await client.stop();
  const since = new Date().toISOString();
  const begun = performance.now();
  await client.start();
  await until(
    'the client is in sync after its restart',
    async () => {
      const { in_sync: isInSync, last_sync: last } = (await client.status()).directories[0] ?? {};
      // An earlier sync that was left behind does not count.
      return isInSync === true && last !== null && last !== undefined && last >= since ? true : undefined;
    },
    { within: 600_000, every: 20 },
  );
  const seconds = (performance.now() - begun) / 1000;
  const { pid } = client.process;
  await settle([pid]);
  const { bytes: bytesRead, calls: readCalls } = readsOf(pid);
  return { seconds, cpuSeconds: usageOf(pid).cpuSeconds, bytesRead, readCalls, rssBytes: memoryOf(pid).now };
}
