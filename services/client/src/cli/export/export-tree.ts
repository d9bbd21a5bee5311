import { randomBytes } from 'node:crypto';
import { lstat, lutimes, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileEntry, Head, LinkEntry, Problem } from '@syncpair/contracts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError } from '../cli-error.ts';
import { describeError } from '../describe-error.ts';
import { ASIDE, claimDest } from './claim-dest.ts';
import { downloadFile } from './download-file.ts';
import { type ExportMark, removeMark } from './export-mark.ts';
import { isComplete } from './is-complete.ts';

export interface ExportReport {
  folders: number;
  /** Those that an earlier run had written among them. */
  files: number;
  links: number;
  /** Of all files. */
  bytes: number;
  /** Files that an interrupted run had written, and that were found to be right. */
  verified: number;
  readonly problems: Problem[];
}

export interface ExportTask {
  readonly heads: readonly Head[];
  /** A new or an empty folder, or the one in which the same export was interrupted. */
  readonly dest: string;
  /** What the heads are of. */
  readonly mark: ExportMark;
}

/** Files under way at once: enough to hide the way to the server, few enough for one disk. */
const AT_ONCE = 8;

/**
 * Writes heads below a folder. Links come last, so that nothing is ever written through one. One path that fails does not stop the others; a
 * server that is gone or a full disk does, and then another run goes on, as it does for the paths that failed.
 */
export async function exportTree(
  queries: DirectoryQueries,
  { heads, dest, mark }: ExportTask,
  onProgress: (report: ExportReport) => void,
): Promise<ExportReport> {
  const resumed = await claimDest(dest, mark);
  const report: ExportReport = { folders: 0, files: 0, links: 0, bytes: 0, verified: 0, problems: [] };
  const aside = join(dest, `${ASIDE}${randomBytes(6).toString('hex')}`);
  await mkdir(aside);
  const place: Place = { dest, aside, resumed, taken: new Set() };
  const one = async (head: Head): Promise<void> => {
    try {
      await write(queries, head, place, report);
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
  if (report.problems.length === 0) await removeMark(dest);
  return report;
}

interface Place {
  readonly dest: string;
  readonly aside: string;
  /** What lies here may be from an earlier run. */
  readonly resumed: boolean;
  /** Files of this run, by device and inode: on some file systems two names are one. */
  readonly taken: Set<string>;
}

async function write(queries: DirectoryQueries, head: Head, place: Place, report: ExportReport): Promise<void> {
  const { path, version, state } = head;
  const target = join(place.dest, path);
  switch (state.kind) {
    case 'dir':
      await mkdir(target, { recursive: true });
      report.folders += 1;
      return;
    case 'file':
      if (place.resumed && !(await isTaken(target, place)) && (await isComplete(target, state))) report.verified += 1;
      else await put(target, (temporary) => downloadFile(queries, { path, version, ...fileFacts(state) }, temporary), place);
      await take(target, place);
      report.files += 1;
      report.bytes += state.size;
      return;
    case 'link':
      await put(target, (temporary) => makeLink(state, temporary), place);
      await take(target, place);
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

/** Makes a file aside and then gives it its name. That must be free, or be that of something which an earlier run has left. */
async function put(target: string, make: (temporary: string) => Promise<void>, place: Place): Promise<void> {
  const temporary = join(place.aside, randomBytes(8).toString('hex'));
  await make(temporary);
  await mkdir(dirname(target), { recursive: true });
  const there = await lstat(target).catch(() => null);
  const isLeft = place.resumed && there !== null && !there.isDirectory() && !(await isTaken(target, place));
  if (there !== null && !isLeft) throw new CliError('this file system has another file under the same name already');
  await rename(temporary, target);
}

async function isTaken(target: string, { taken }: Place): Promise<boolean> {
  const inode = await inodeOf(target);
  return inode !== null && taken.has(inode);
}

async function take(target: string, { taken }: Place): Promise<void> {
  const inode = await inodeOf(target);
  if (inode !== null) taken.add(inode);
}

async function inodeOf(target: string): Promise<string | null> {
  const stats = await lstat(target, { bigint: true }).catch(() => null);
  return stats === null ? null : `${stats.dev}:${stats.ino}`;
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
