import type { Options } from '../options/options.ts';
import type { PartRun } from '../report/part-run.ts';
import { Caller, CommittingDevice } from './calls.ts';
import type { LoadFigures } from './load-figures.ts';
import { measureCommits } from './measure-commits.ts';
import { measureFanOut } from './measure-fan-out.ts';
import { MeasuredServer } from './server.ts';
import { Subscribers } from './subscribers.ts';
import { usageOf } from './usage.ts';

const COMMITS = (['folders', 'files'] as const).flatMap((what) => [1, 64].map((directories) => ({ what, directories })));
const TOLD = 'told';

const megabytes = (pid: number): number => Math.round(usageOf(pid).bytes / 1e6);

type LoadOptions = Pick<Options, 'work' | 'clients' | 'connections' | 'loadSeconds'>;

/**
 * What one server carries: durable small commits a second, connected clients, one commit told to all of them, and all of them coming back at
 * once after a restart. The server is `syncpair server` with its own PostgreSQL and everything flushed; this process makes the load.
 */
export async function measureLoad({ work, clients, connections, loadSeconds }: LoadOptions, run: PartRun): Promise<LoadFigures | null> {
  let figures: LoadFigures | null = null;
  await run.attempt('the load on the server', async () => {
    const server = await MeasuredServer.start(work);
    try {
      figures = { atRestMb: megabytes(server.pid), commits: [] };
      const add = (more: Partial<LoadFigures>): void => {
        figures = { atRestMb: 0, commits: [], ...figures, ...more };
        run.say(`load: ${JSON.stringify(more.commits?.at(-1) ?? more)}`);
      };
      for (const each of COMMITS)
        await run.attempt(`commits of ${each.what} in ${each.directories} directories`, async () =>
          add({ commits: [...(figures?.commits ?? []), await measureCommits(server, { ...each, connections, seconds: loadSeconds })] }),
        );
      await run.attempt(`${clients} clients`, () => measureClients(server, clients, add));
    } finally {
      await server.remove();
    }
  });
  return figures;
}

async function measureClients(server: MeasuredServer, clients: number, add: (more: Partial<LoadFigures>) => void): Promise<void> {
  const subscribers = new Subscribers();
  const caller = new Caller(server.port, 1);
  try {
    const device = new CommittingDevice(caller, TOLD);
    await device.join();
    const connecting = performance.now();
    await subscribers.connect(server.port, TOLD, clients);
    add({ holding: { clients, connectMs: Math.round(performance.now() - connecting), serverMb: megabytes(server.pid) } });
    add({ told: await measureFanOut(subscribers, device) });
    subscribers.close();
    await server.stop();
    const restarting = performance.now();
    await server.start();
    const up = performance.now();
    await subscribers.connect(server.port, TOLD, clients);
    add({ back: { startMs: Math.round(up - restarting), allBackMs: Math.round(performance.now() - up) } });
  } finally {
    subscribers.close();
    caller.close();
  }
}
