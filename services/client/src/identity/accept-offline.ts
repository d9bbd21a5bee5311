import type { DirectoryConfig } from '../config/config.ts';
import type { Accepted } from '../daemon/control.ts';
import { lockRoot } from '../state/root-lock.ts';
import { State } from '../state/state.ts';
import { findFolder } from './find-folder.ts';
import { forgetRootRecord, readRootRecord } from './root-record.ts';

/**
 * Takes the folder and the server that are there now for those that are meant, for the next start of a client. `served` is the id of the
 * server that answers; null when that is not known: then nothing is said about the server.
 *
 * @throws {FolderInUseError} when a client works on the folder
 */
export function acceptOffline({ name, localPath }: DirectoryConfig, served: string | null): Accepted {
  const found = findFolder(localPath);
  if (found === null || found === 'other' || !found.hasState) {
    const isKnown = readRootRecord(localPath) !== null;
    forgetRootRecord(localPath);
    return { directory: name, accepted: isKnown ? ['folder'] : [] };
  }
  return { directory: name, accepted: acceptServer(localPath, served) ? ['server'] : [] };
}

function acceptServer(localPath: string, served: string | null): boolean {
  const unlock = lockRoot(localPath);
  try {
    const { state } = State.open(localPath);
    try {
      const known = state.fact('server');
      if (known === null || served === null || known === served) return false;
      state.forgetServer();
      return true;
    } finally {
      state.close();
    }
  } finally {
    unlock();
  }
}
