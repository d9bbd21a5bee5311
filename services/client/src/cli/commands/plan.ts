import type { PlannedAction } from '../../daemon/control.ts';
import { escapeText } from '../../log/escape.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { askDaemonOrEngine } from '../reach-daemon.ts';
import { readConfig } from '../read-config.ts';

const WORDS: Readonly<Record<PlannedAction['action'], string>> = {
  upload: 'upload',
  download: 'download',
  delete_here: 'delete here',
  delete_on_server: 'delete on server',
  move_here: 'move here',
  move_on_server: 'move on server',
  metadata: 'set time or mode',
  conflict: 'conflict',
  held: 'held',
};

export async function plan(options: CommonOptions, _args: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const actions = await askDaemonOrEngine(config, (daemon) => daemon.plan());
  if (options.json === true) terminal.printJson(actions);
  else terminal.print(...renderPlan(actions));
  return EXIT.done;
}

export function renderPlan(actions: readonly PlannedAction[]): string[] {
  if (actions.length === 0) return ['nothing to do'];
  const rows = actions.map(({ directory, action, path, from, bytes }) => [
    escapeText(directory),
    WORDS[action],
    bytes > 0 ? formatSize(bytes) : '',
    from === null ? escapeText(path) : `${escapeText(from)} → ${escapeText(path)}`,
  ]);
  const bytes = actions.reduce((sum, action) => sum + action.bytes, 0);
  return [...formatTable(rows, [2]), '', `${plural(actions.length, 'action')}, ${formatSize(bytes)} to travel; nothing was changed`];
}
