import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { RecordedRoot } from '@syncpair/sync-core';
import { z } from 'zod';

/**
 * What is kept outside of a folder about it, so that its absence can be told from a folder that is new: one file for each local path, for
 * its owner only.
 */
export interface RootRecord extends RecordedRoot {
  readonly local_path: string;
  /** The id of the root, as its state has it. */
  readonly root: string;
  /** The directory's key on the server. */
  readonly directory: string;
}

const schema = z.object({
  local_path: z.string(),
  root: z.string(),
  device: z.string(),
  inode: z.string(),
  directory: z.string(),
  server: z.string().nullable(),
});

/** Where the record of a local path lies. By the path as it is written: where a disk is missing no link of it can be followed. */
function recordPath(localPath: string, env: NodeJS.ProcessEnv = process.env): string {
  const home = env['XDG_STATE_HOME'];
  const base = home === undefined || home === '' ? join(homedir(), '.local', 'state') : home;
  const name = createHash('sha256').update(resolve(localPath)).digest('hex').slice(0, 24);
  return join(base, 'syncpair', 'roots', `${name}.json`);
}

/** The record of a local path; null when there is none, or none that can be read: then nothing is known of the path. */
export function readRootRecord(localPath: string): RootRecord | null {
  try {
    const read = schema.safeParse(JSON.parse(readFileSync(recordPath(localPath), 'utf8')));
    return read.success ? read.data : null;
  } catch {
    // Not there, unreadable or damaged: it is a second proof beside the folder's own, and made anew at the next start.
    return null;
  }
}

/** Writes the record of a local path, whole or not at all. @throws system errors */
export function writeRootRecord(record: RootRecord): void {
  const file = recordPath(record.local_path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(next, file);
}

/** Forgets what is known of a local path: whatever lies there next is taken as new. */
export function forgetRootRecord(localPath: string): void {
  rmSync(recordPath(localPath), { force: true });
}
