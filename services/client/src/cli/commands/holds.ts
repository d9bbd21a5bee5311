import type { Hold } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatAgo } from '../format/duration.ts';
import { plural } from '../format/plural.ts';
import { askDaemon } from '../reach-daemon.ts';
import { readConfig } from '../read-config.ts';

export async function listHolds(options: CommonOptions, _args: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const holds = await askDaemon(config, (daemon) => daemon.holds());
  if (options.json === true) terminal.printJson(holds);
  else terminal.print(...renderHolds(holds, now(), config.file));
  return EXIT.done;
}

export async function approveHold(options: CommonOptions, [id = '']: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  await askDaemon(await readConfig(options), (daemon) => daemon.approveHold(id));
  if (options.json === true) terminal.printJson({ id, approved: true });
  else terminal.print(`hold ${id} is approved: the deletions go on`);
  return EXIT.done;
}

export async function rejectHold(options: CommonOptions, [id = '']: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  await askDaemon(await readConfig(options), (daemon) => daemon.rejectHold(id));
  if (options.json === true) terminal.printJson({ id, approved: false });
  else terminal.print(`hold ${id} is rejected: the files come back`);
  return EXIT.done;
}

export function renderHolds(holds: readonly Hold[], now: number, file: string): string[] {
  if (holds.length === 0) return ['nothing is held'];
  return holds.flatMap(({ id, directory, paths, sample, live, reason, since }, index) => [
    ...(index === 0 ? [] : ['']),
    `hold ${id}  ${escapeText(directory)}: ${plural(paths, 'deletion')} of ${plural(live, 'path')}, ${formatAgo(since, now)}`,
    `  because ${escapeText(reason)}`,
    ...sample.map((path) => `    ${escapeText(path)}`),
    ...(paths > sample.length ? [`    … and ${paths - sample.length} more`] : []),
    `  to let them happen:      syncpair holds approve ${id} --file ${file}`,
    `  to bring the files back: syncpair holds reject ${id} --file ${file}`,
  ]);
}
