import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { HistoryItem } from '@syncpair/contracts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { CliError } from '../cli-error.ts';
import { downloadFile } from './download-file.ts';

/** Writes one version, a file or a link, to `output`: aside first, then under its name. */
export async function writeVersion(queries: DirectoryQueries, item: HistoryItem, output: string, force: boolean): Promise<void> {
  const existing = await lstat(output).catch(() => null);
  if (existing?.isDirectory() === true) throw new CliError(`${output} is a folder; name a file`);
  if (existing !== null && !force) throw new CliError(`${output} exists already; choose another name, or replace it with --force`);
  const aside = join(dirname(output), `.${basename(output).slice(0, 100)}.${randomBytes(6).toString('hex')}`);
  try {
    if (item.kind === 'link') await symlink(item.target ?? '', aside);
    else await downloadFile(queries, toWanted(item), aside);
    await rename(aside, output);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

const toWanted = ({ path, version, hash, modified, executable }: HistoryItem) => ({
  path,
  version,
  hash: hash ?? '',
  mtime: modified === null ? 0 : Date.parse(modified) / 1000,
  executable: executable === true,
});
