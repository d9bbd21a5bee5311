import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { DirectoryQueries } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';

export interface WantedFile {
  readonly path: string;
  readonly version: string;
  /** SHA-256. */
  readonly hash: string;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly executable: boolean;
}

/** Milliseconds before each further attempt, when the connection or the server failed in a way that passes. */
const PAUSES_MS = [500, 2_000, 5_000];

/**
 * Writes one version's content to `target`, which must not exist, with its time and executable bit; durable when it resolves. Nothing is
 * left behind when it fails.
 */
export async function downloadFile(queries: DirectoryQueries, wanted: WantedFile, target: string): Promise<void> {
  for (const pause of [...PAUSES_MS, null]) {
    try {
      return await attempt(queries, wanted, target);
    } catch (error) {
      if (pause === null || !(error instanceof ServerError) || !error.retryable) throw error;
      await delay(pause);
    }
  }
}

async function attempt(queries: DirectoryQueries, wanted: WantedFile, target: string): Promise<void> {
  const file = await open(target, 'wx', wanted.executable ? 0o777 : 0o666);
  try {
    await fill(file, await queries.content(wanted.path, wanted.version), wanted.hash);
    await file.utimes(wanted.mtime, wanted.mtime);
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close();
    await rm(target, { force: true });
    throw error;
  }
}

async function fill(file: FileHandle, content: AsyncIterable<Uint8Array>, expected: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of content) {
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  // Damage on the way passes; a server that lacks the right bytes fails each time and says so at last.
  if (hash.digest('hex') !== expected) throw new ServerError('foreign', 'the content that came is damaged: its SHA-256 is another');
}
