import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from './system-error.ts';

/** What a running postmaster tells about itself in `postmaster.pid`. */
export interface PostmasterPid {
  readonly pid: number;
  /** TCP port; null while it starts. */
  readonly port: number | null;
  /** It takes connections. */
  readonly ready: boolean;
}

/** Lines 4 and 8 of the file; see `src/include/utils/pidfile.h` of PostgreSQL. */
const PORT_LINE = 3;
const STATUS_LINE = 7;

/** Null where there is no such file, or nothing in it that could be a postmaster's. */
export async function readPostmasterPid(dataDir: string): Promise<PostmasterPid | null> {
  try {
    return parsePostmasterPid(await readFile(join(dataDir, 'postmaster.pid'), 'utf8'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

export function parsePostmasterPid(text: string): PostmasterPid | null {
  const lines = text.split('\n');
  const first = lines[0]?.trim() ?? '';
  if (!/^[1-9][0-9]{0,9}$/.test(first)) return null;
  const port = lines[PORT_LINE]?.trim() ?? '';
  return { pid: Number(first), port: /^[1-9][0-9]{0,4}$/.test(port) ? Number(port) : null, ready: lines[STATUS_LINE]?.trim() === 'ready' };
}
