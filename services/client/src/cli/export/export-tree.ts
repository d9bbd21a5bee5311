import { randomBytes } from 'node:crypto';
import { lstat, lutimes, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileEntry, Head, LinkEntry, Problem } from '@syncpair/contracts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError } from '../cli-error.ts';
import { describeError } from '../describe-error.ts';
import { downloadFile } from './download-file.ts';

export interface ExportReport {
  folders: number;
  files: number;
  links: number;
  /** Of all files. */
  bytes: number;
  readonly problems: Problem[];
}

/** Files under way at once: enough to hide the way to the server, few enough for one disk. */
const AT_ONCE = 8;

/**
 * Writes heads below `dest`, a new or empty folder. Links come last, so that nothing is ever written through one. One path that fails does
 * not stop the others; a server that is gone or a full disk does.
 */
export async function exportTree(
  queries: DirectoryQueries,
  heads: readonly Head[],
  dest: string,
  onProgress: (report: ExportReport) => void,
): Promise<ExportReport> {
  await claim(dest);
  const report: ExportReport = { folders: 0, files: 0, links: 0, bytes: 0, problems: [] };
  const aside = join(dest, `.syncpair-export-${randomBytes(6).toString('hex')}`);
  await mkdir(aside);
  const one = async (head: Head): Promise<void> => {
    try {
      await write(queries, head, dest, aside, report);
    } catch (error) {
      if (isFatal(error)) throw error;
      const code = String((error as { code?: unknown }).code ?? 'failed');
      report.problems.push({ path: head.path, code, message: describeError(error).message });
    }
    onProgress(report);
  };
  try {
    for (const head of heads) if (head.state.kind === 'dir') await one(head);
    await inParallel(
      heads.filter(({ state }) => state.kind === 'file'),
      one,
    );
    for (const head of heads) if (head.state.kind === 'link') await one(head);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return report;
}

async function claim(dest: string): Promise<void> {
  const existing = await lstat(dest).catch(() => null);
  if (existing === null) {
    await mkdir(dest, { recursive: true });
    return;
  }
  if (!existing.isDirectory()) throw new CliError(`${dest} is not a folder; choose a new or an empty one`);
  if ((await readdir(dest)).length > 0) throw new CliError(`${dest} is not empty; choose a new or an empty folder`);
}

async function write(queries: DirectoryQueries, head: Head, dest: string, aside: string, report: ExportReport): Promise<void> {
  const { path, version, state } = head;
  const target = join(dest, path);
  switch (state.kind) {
    case 'dir':
      await mkdir(target, { recursive: true });
      report.folders += 1;
      return;
    case 'file':
      await place(target, (temporary) => downloadFile(queries, { path, version, ...fileFacts(state) }, temporary), aside);
      report.files += 1;
      report.bytes += state.size;
      return;
    case 'link':
      await place(target, (temporary) => makeLink(state, temporary), aside);
      report.links += 1;
      return;
    case 'tombstone':
      return;
  }
}

const fileFacts = ({ hash, mtime, executable }: FileEntry) => ({ hash, mtime: Number(mtime) / 1e9, executable });

async function makeLink({ target, mtime }: LinkEntry, at: string): Promise<void> {
  await symlink(target, at);
  await lutimes(at, Number(mtime) / 1e9, Number(mtime) / 1e9);
}

/** Makes a file aside and then gives it its name, which must be free: on some file systems two names are one. */
async function place(target: string, make: (temporary: string) => Promise<void>, aside: string): Promise<void> {
  const temporary = join(aside, randomBytes(8).toString('hex'));
  await make(temporary);
  await mkdir(dirname(target), { recursive: true });
  if ((await lstat(target).catch(() => null)) !== null) throw new CliError('this file system has another file under the same name already');
  await rename(temporary, target);
}

function isFatal(error: unknown): boolean {
  if (error instanceof ServerError) return error.retryable;
  return ['ENOSPC', 'EROFS', 'EDQUOT'].includes(String((error as { code?: unknown }).code));
}

async function inParallel(heads: readonly Head[], work: (head: Head) => Promise<void>): Promise<void> {
  const queue = heads.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const head of queue) {
      if (failed) return;
      await work(head).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
