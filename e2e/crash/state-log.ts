import { closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../harness/ledger.ts';

const WAL_HEADER = 32;

/** How far the log of a client's state is: what comes later is not flushed, and a power cut may take it. */
export interface StateLog {
  /** Bytes. */
  readonly size: number;
  /** Names it: it begins anew now and then. */
  readonly header: string;
}

const logIn = (folder: string): string => join(folder, '.syncpair_state.db-wal');

export function stateLogIn(folder: string): StateLog {
  const descriptor = openSync(logIn(folder), 'r');
  try {
    const header = Buffer.alloc(WAL_HEADER);
    readSync(descriptor, header, 0, WAL_HEADER, 0);
    return { size: statSync(logIn(folder)).size, header: sha256(header) };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Cuts the log of a state whose client is dead back to what it was, or to something in between.
 *
 * @param kept what is kept of what came later, from 0 for nothing to 1
 */
export function forgetLogSince(folder: string, before: StateLog, kept: number): void {
  const now = stateLogIn(folder);
  // Where it has begun anew, all that it was before is in the database.
  const least = now.header === before.header ? Math.min(before.size, now.size) : WAL_HEADER;
  truncateSync(logIn(folder), least + Math.floor(kept * (1 + now.size - least)));
}
