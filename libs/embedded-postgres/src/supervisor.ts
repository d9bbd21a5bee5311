import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, dataDirOf } from './data-directory.ts';
import { freePort } from './free-port.ts';
import type { PostgresLog } from './log.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';
import { stopSurvivors } from './survivors.ts';

/** Keeps PostgreSQL running until it is told to stop. */
export interface Supervisor {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Waits before each attempt to bring a dead server back; the last one repeats. A run of a minute starts the count again. */
const BACKOFF_MS = [100, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;
const HEALTHY_MS = 60_000;

const PORT_ATTEMPTS = 3;

export interface SupervisorOptions {
  readonly log: PostgresLog;
  readonly onExit?: (how: string) => void;
  /** For the first start. */
  readonly signal?: AbortSignal;
}

/** The first start is the caller's to handle when it fails; later ones are repeated for ever, on the same port. */
export async function supervise(cluster: Cluster, { log, onExit, signal }: SupervisorOptions): Promise<Supervisor> {
  const stopping = new AbortController();
  const first = await startOnFreePort(cluster, signal);
  const { port } = first;
  let current: Postmaster = first.postmaster;

  const watch = async (): Promise<void> => {
    let failures = 0;
    for (;;) {
      const since = performance.now();
      const { how } = await current.gone;
      if (stopping.signal.aborted) return;
      log.warn(`PostgreSQL ${how}; starting it again`);
      onExit?.(how);
      if (performance.now() - since > HEALTHY_MS) failures = 0;
      for (;;) {
        const wait = BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)];
        await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        try {
          await stopSurvivors(cluster.folder, [dataDirOf(cluster.folder)], log);
          current = await startPostmaster(cluster, port, stopping.signal);
          log.info('PostgreSQL is back');
          break;
        } catch (error) {
          if (stopping.signal.aborted) return;
          log.warn(error instanceof Error ? error.message : String(error));
        }
      }
      if (stopping.signal.aborted) return current.stop();
    }
  };
  const watched = watch();

  return {
    port,
    get pid() {
      return current.pid;
    },
    async stop() {
      stopping.abort();
      await current.stop();
      await watched;
    },
  };
}

/** A port that was free can be taken before PostgreSQL binds it. */
async function startOnFreePort(cluster: Cluster, signal: AbortSignal | undefined): Promise<{ postmaster: Postmaster; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { postmaster: await startPostmaster(cluster, port, signal), port };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !(error instanceof Error) || !error.message.includes('Address already in use')) throw error;
    }
  }
}
