import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientProcess } from '../harness/client-process.ts';
import { removeWhenWeEnd } from '../harness/remove-when-we-end.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { inSync } from '../harness/in-sync.ts';
import type { FaultStage } from './play-case.ts';

/** A server and two clients of one directory for the cases of a run, outside of any test. */
export async function openFaultStage(): Promise<FaultStage & { close(): Promise<void> }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-disk-faults-')));
  removeWhenWeEnd(folder, { keep: false });
  const server = new ServerProcess(join(folder, 'server'), join(folder, 'server', 'storage'));
  await server.start();
  const make = (id: string): ClientProcess =>
    new ClientProcess({
      id,
      home: join(folder, id),
      server: server.url,
      directory: 'team',
      settings: { hold: 'off', sync_interval_seconds: 5 },
    });
  const [victim, other] = [make('victim'), make('other')];
  await Promise.all([victim.start(), other.start()]);
  await inSync([victim, other]);
  const close = async (): Promise<void> => {
    await Promise.all([victim, other].filter(({ isRunning }) => isRunning).map((client) => client.kill()));
    await server.end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { server, victim, other, folder, close };
}
