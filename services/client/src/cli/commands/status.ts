import { offlineStatus } from '../../status/offline-status.ts';
import { renderStatus } from '../../status/render-status.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { type ExitCode, exitCodeFor } from '../exit-code.ts';
import { findDaemon } from '../reach-daemon.ts';
import { type CommandConfig, readConfig } from '../read-config.ts';

export async function status(options: CommonOptions, _args: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const document = await currentStatus(config);
  if (options.json === true) terminal.printJson(document);
  else terminal.print(...renderStatus(document, { now: now(), style: terminal.style, file: config.file }));
  return exitCodeFor({
    problems: document.directories.reduce((sum, { problems }) => sum + problems.length, 0),
    holds: document.directories.reduce((sum, { holds }) => sum + holds, 0),
  });
}

async function currentStatus(config: CommandConfig): ReturnType<typeof offlineStatus> {
  const daemon = await findDaemon(config);
  if (daemon === null) return offlineStatus(config.config);
  try {
    return await daemon.status();
  } finally {
    daemon.close();
  }
}
