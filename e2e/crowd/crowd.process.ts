/**
 * Many clients in one process, each with a configuration, a folder and a state of its own: `node crowd.process.ts CONFIG…`. Twice a second
 * it prints, as a line of JSON, how many there are and how many of them say that they are in sync.
 */
import { loadConfig } from '../../services/client/src/config/load-config.ts';
import { startDaemon } from '../../services/client/src/daemon/daemon.ts';
import type { RunningDaemon } from '../../services/client/src/daemon/running-daemon.ts';
import { createLogger } from '../../services/client/src/log/logger.ts';

const TELL_MS = 500;

const log = createLogger({ write: ({ level, message }) => process.stderr.write(`${level} ${message}\n`) }, 'warn');
const daemons: RunningDaemon[] = [];

async function tell(): Promise<void> {
  const all = await Promise.all(daemons.map((daemon) => daemon.status()));
  const inSync = all.filter(({ server: { reachable }, directories }) => reachable && directories.every(({ in_sync }) => in_sync)).length;
  process.stdout.write(`${JSON.stringify({ clients: all.length, inSync })}\n`);
}

setInterval(() => void tell(), TELL_MS);
for (const file of process.argv.slice(2)) {
  const loaded = await loadConfig(file);
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  daemons.push(await startDaemon(loaded.config, { log, once: false }));
}
