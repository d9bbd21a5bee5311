import { type RelativePath, isBelow } from '@syncpair/contracts';
import type { DirectoryConfig } from '../../config/config.ts';
import { escapeText } from '../../log/escape.ts';
import { listTrash } from '../../trash/list-trash.ts';
import { RestoreRefused, type Restored, restoreItem } from '../../trash/restore-item.ts';
import type { TrashItem } from '../../trash/trash-item.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatAgo } from '../format/duration.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { type CommandConfig, chooseDirectory, readConfig } from '../read-config.ts';

export async function listTrashed(options: CommonOptions, [path]: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const found = await find(await readConfig(options), options.directory, path);
  if (options.json === true) {
    terminal.printJson(found.map(({ directory, item: { file, whole, ...item } }) => ({ directory: directory.name, ...item, file, whole })));
    return EXIT.done;
  }
  if (found.length === 0) terminal.print('nothing lies in the trash');
  else {
    const heading = ['DIRECTORY', 'SINCE', 'SIZE', 'PATH', 'WHY'].map((title) => terminal.style.dim(title));
    const rows = found.map(({ directory, item }) => [
      escapeText(directory.name),
      formatAgo(item.since, now()),
      formatSize(item.size),
      `${escapeText(item.path)}${item.whole ? '' : ' (folder unknown)'}`,
      escapeText(item.reason),
    ]);
    terminal.print(...formatTable([heading, ...rows]));
  }
  return EXIT.done;
}

export async function restoreTrashed(options: CommonOptions, [path]: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const found = await find(config, options.directory, path);
  if (found.length === 0)
    throw new CliError(
      `the trash has nothing${path === undefined ? '' : ` of ${path}`}; "syncpair trash list --file ${config.file}" lists it`,
    );
  const done = [];
  for (const { directory, item } of found) done.push({ directory: directory.name, from: item.path, ...(await restore(directory, item)) });
  if (options.json === true) terminal.printJson(done);
  else terminal.print(...done.map(describe));
  return EXIT.done;
}

async function restore(directory: DirectoryConfig, item: TrashItem): Promise<Restored> {
  try {
    return await restoreItem(directory.localPath, item);
  } catch (error) {
    if (error instanceof RestoreRefused) throw new CliError(error.message);
    throw error;
  }
}

function describe({ outcome, path, from }: Restored & { from: string }): string {
  switch (outcome) {
    case 'restored':
      return `restored ${escapeText(path)}`;
    case 'same':
      return `${escapeText(path)} is the same already`;
    case 'beside':
      return `${escapeText(from)} holds something else, which stays; restored as ${escapeText(path)}`;
  }
}

/** In the chosen directory or all, of one path and what is below it or everything. */
async function find(
  config: CommandConfig,
  name: string | undefined,
  path: string | undefined,
): Promise<{ directory: DirectoryConfig; item: TrashItem }[]> {
  const directories = name === undefined ? config.directories : [chooseDirectory(config, name)];
  const lists = await Promise.all(
    directories.map(async (directory) => (await listTrash(directory.localPath)).map((item) => ({ directory, item }))),
  );
  const wanted = path?.replace(/\/+$/, '');
  return lists
    .flat()
    .filter(({ item }) => wanted === undefined || item.path === wanted || isBelow(item.path as RelativePath, wanted as RelativePath));
}
