import { resolve } from 'node:path';
import type { Explanation } from '../../daemon/control.ts';
import { escapeText } from '../../log/escape.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatTable } from '../format/table.ts';
import { askDaemonOrEngine } from '../reach-daemon.ts';
import { readConfig } from '../read-config.ts';

export async function why(options: CommonOptions, [path = '']: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const explanation = await askDaemonOrEngine(config, (daemon) => daemon.why(resolve(path)));
  if (options.json === true) terminal.printJson(explanation);
  else terminal.print(...renderExplanation(explanation));
  return EXIT.done;
}

export function renderExplanation({ path, directory, state, cause, suggestion, version }: Explanation): string[] {
  const rows = [
    ['path', escapeText(path)],
    ['directory', escapeText(directory ?? 'none')],
    ['state', state.replaceAll('_', ' ')],
    ['because', escapeText(cause)],
  ];
  if (version !== null) rows.push(['version', version]);
  if (suggestion !== null) rows.push(['what to do', escapeText(suggestion)]);
  return formatTable(rows);
}
