import { type RemoteControl, connectControl } from '../control/control-client.ts';
import type { DaemonControl } from '../daemon/control.ts';
import { silentLogger } from '../log/logger.ts';
import { CliError } from './cli-error.ts';
import type { CommandConfig } from './read-config.ts';

/** The running daemon of a configuration, or null. */
export function findDaemon({ directories }: CommandConfig): Promise<RemoteControl | null> {
  return connectControl(directories.map((directory) => directory.localPath));
}

/** Asks the running daemon. @throws {CliError} when none runs. */
export async function askDaemon<T>(config: CommandConfig, question: (daemon: DaemonControl) => Promise<T>): Promise<T> {
  const daemon = await findDaemon(config);
  if (daemon === null) throw new CliError(`no client runs for ${config.file}; start it with "syncpair client --file ${config.file}"`);
  try {
    return await question(daemon);
  } finally {
    daemon.close();
  }
}

/** Asks the running daemon, or without one an engine that is started for this question only and changes nothing. */
export async function askDaemonOrEngine<T>(config: CommandConfig, question: (daemon: DaemonControl) => Promise<T>): Promise<T> {
  const daemon = await findDaemon(config);
  if (daemon !== null) {
    try {
      return await question(daemon);
    } finally {
      daemon.close();
    }
  }
  const { startDaemon } = await import('../daemon/daemon.ts');
  const engine = await startDaemon(config.config, { log: silentLogger, once: false, inspect: true });
  try {
    return await question(engine);
  } finally {
    await engine.stop();
  }
}
