import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundFolder } from '@syncpair/sync-core';
import { STATE_FILE } from '../state/state.ts';

/** What lies at a local path: null when nothing does, `other` when it is no folder. @throws system errors */
export function findFolder(localPath: string): FoundFolder | null | 'other' {
  const found = statSync(localPath, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isDirectory()) return 'other';
  return { device: String(found.dev), inode: String(found.ino), hasState: existsSync(join(localPath, STATE_FILE)) };
}
