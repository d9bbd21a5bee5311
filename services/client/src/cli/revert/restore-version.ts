import type { HistoryItem } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { formatSize } from '../format/size.ts';

export const noVersion = (path: string, version: string, cause?: unknown): CliError =>
  new CliError(`${path} has no version ${version}; "syncpair history" lists those that there are`, EXIT.failed, { cause });

export interface Told {
  readonly json: object;
  readonly words: string;
}

/** Makes an old version of a path its head. */
export async function makeHead(queries: DirectoryQueries, path: string, version: string): Promise<Told> {
  const restored = await queries.restore(path, version).catch((error: unknown) => {
    throw error instanceof ServerError && error.code === 'not_found' ? noVersion(path, version, error) : error;
  });
  const words = restored.changed
    ? `${escapeText(path)} is as it was in ${version}, as its new version ${restored.version}`
    : `${escapeText(path)} is as it was in ${version} already; nothing was changed`;
  return { json: restored, words };
}

/** Writes a version to a file and leaves the directory as it is. */
export async function writeTo(
  queries: DirectoryQueries,
  item: HistoryItem,
  { output, force }: { readonly output: string; readonly force: boolean },
): Promise<Told> {
  const { writeVersion } = await import('../export/write-version.ts');
  await writeVersion(queries, item, output, force);
  const { path, version, hash, size } = item;
  return {
    json: { path, version, output, hash, size },
    words: `version ${version} of ${escapeText(path)} is in ${escapeText(output)}${size === null ? '' : ` (${formatSize(size)})`}`,
  };
}

/** A version with something in it to write. @throws {CliError} */
export async function findVersion(queries: DirectoryQueries, path: string, version: string): Promise<HistoryItem> {
  const found = (await queries.history(path, Infinity)).find((item) => item.path === path && item.version === version);
  if (found === undefined) throw noVersion(path, version);
  if (found.kind === 'tombstone') throw new CliError(`version ${version} is the deletion of ${path}; choose an earlier one`);
  if (found.kind === 'dir') throw new CliError(`${path} is a folder; "syncpair export --at TIME" writes folders`);
  return found;
}

/**
 * True when a version is one of a folder: of the folder itself, or of anything below it, which stands for the moment at which it was
 * made. Null when there is no such version.
 */
export async function isOfFolder(queries: DirectoryQueries, path: string, version: string): Promise<boolean | null> {
  const versions = await queries.history(path, Infinity);
  const own = versions.find((item) => item.path === path && item.version === version);
  if (own !== undefined) return own.kind === 'dir' || (own.deleted && versions.some((item) => item.path === path && item.kind === 'dir'));
  return versions.some((item) => item.version === version && item.path.startsWith(`${path}/`)) ? true : null;
}
