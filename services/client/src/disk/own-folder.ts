import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { FolderHandles } from './folder-handles.ts';
import type { FolderHandle } from './platform/platform.ts';
import { DiskFailure, codeOf } from './problem.ts';

/** Where contents are written before they get their name. */
export const STAGING = '.syncpair_staging';
/** Where what is replaced or removed stays until it is certain that nobody wrote to it at the last moment. */
export const TRASH = '.syncpair_trash';

const OWN = /^\.syncpair(_|\.lock)/;

/** True for the names at the root that SyncPair itself makes. Others that are reserved for it are somebody's mistake, and told. */
export const isOwnName = (name: string): boolean => OWN.test(name);

/** Opens one of SyncPair's own folders at the root, made if need be, for its owner only. @throws system errors, {DiskFailure} */
export function openOwnFolder({ root }: FolderHandles, name: typeof STAGING | typeof TRASH): FolderHandle {
  let folder: FolderHandle;
  try {
    folder = root.openChild(name);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(root.at(name), { mode: 0o700 });
    folder = root.openChild(name);
  }
  if (folder.device === root.device) return folder;
  folder.close();
  throw new DiskFailure('other_file_system', `${name} lies on another file system; files cannot be put in place from there`);
}

/** A part of a name that nobody guesses and no other run has used. */
const run = randomBytes(9).toString('base64url');
let names = 0;

/** A name that no other run has used, and this one only once. */
export const randomName = (): string => `${run}${(names++).toString(36)}`;
