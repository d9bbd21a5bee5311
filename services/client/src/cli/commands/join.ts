import type { Accepted } from '../../daemon/control.ts';
import { acceptOffline } from '../../identity/accept-offline.ts';
import { escapeText } from '../../log/escape.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { findDaemon } from '../reach-daemon.ts';
import { type CommandConfig, chooseDirectory, readConfig } from '../read-config.ts';

export async function join(options: CommonOptions, _args: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const chosen = options.directory === undefined ? config.directories : [chooseDirectory(config, options.directory)];
  const daemon = await findDaemon(config);
  let accepted: readonly Accepted[];
  if (daemon === null) accepted = await acceptForNextStart(config, chosen);
  else {
    try {
      accepted = await daemon.join(chosen.map(({ name }) => name));
    } finally {
      daemon.close();
    }
  }
  if (options.json === true) terminal.printJson(accepted);
  else terminal.print(...accepted.map((each) => describe(each, daemon === null ? ' at the next start of the client' : '')));
  return EXIT.done;
}

async function acceptForNextStart({ config }: CommandConfig, chosen: CommandConfig['directories']): Promise<Accepted[]> {
  const [{ createHttp }, { servedBy }] = await Promise.all([import('../../server/http.ts'), import('../../identity/served-by.ts')]);
  const served = await servedBy(createHttp(config.server));
  return chosen.map((directory) => acceptOffline(directory, served));
}

function describe({ directory, accepted }: Accepted, when: string): string {
  const [first] = accepted;
  const name = escapeText(directory);
  if (first === undefined) return `${name}: nothing waits for that; the folder and the server are those that are known`;
  const what = first === 'folder' ? 'the folder' : 'the server';
  return `${name}: ${what} is taken as the one that is meant. Folder and server are merged${when}; nothing is deleted on either side`;
}
