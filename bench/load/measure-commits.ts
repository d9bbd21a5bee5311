import { quantile } from '../../e2e/crowd/quantile.ts';
import { Caller, type Committed, CommittingDevice } from './calls.ts';
import type { CommitFigures } from './load-figures.ts';
import type { MeasuredServer } from './server.ts';
import { usageOf } from './usage.ts';

/** Commits one after another on every connection for a while, spread over some directories. */
export async function measureCommits(
  server: MeasuredServer,
  {
    what,
    directories,
    connections,
    seconds,
  }: { readonly what: Committed; readonly directories: number; readonly connections: number; readonly seconds: number },
): Promise<CommitFigures> {
  const caller = new Caller(server.port, connections);
  const devices = Array.from({ length: connections }, (_, n) => new CommittingDevice(caller, `${what}${directories}-${n % directories}`));
  await Promise.all(devices.map((device) => device.join()));
  const before = usageOf(server.pid);
  const own = process.cpuUsage();
  const begun = performance.now();
  const times: number[] = [];
  await Promise.all(
    devices.map(async (device) => {
      while (performance.now() - begun < seconds * 1000) {
        const sent = performance.now();
        await device.commit(what);
        times.push(performance.now() - sent);
      }
    }),
  );
  const elapsed = (performance.now() - begun) / 1000;
  const after = usageOf(server.pid);
  const { user, system } = process.cpuUsage(own);
  caller.close();
  return {
    what,
    directories,
    connections,
    perSecond: Math.round(times.length / elapsed),
    p50Ms: Math.round(quantile(times, 0.5)),
    p95Ms: Math.round(quantile(times, 0.95)),
    serverCpu: Math.round(((after.cpuSeconds - before.cpuSeconds) / elapsed) * 100) / 100,
    generatorCpu: Math.round(((user + system) / 1e6 / elapsed) * 100) / 100,
  };
}
