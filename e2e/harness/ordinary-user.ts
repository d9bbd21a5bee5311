import { spawnSync } from 'node:child_process';
import { COMMAND } from './command.ts';

const NOBODY = 65_534;

/**
 * Somebody whom permissions stop, as options of a client: oneself, or an ordinary user when the tests run as root. Null when that user
 * cannot reach the command.
 */
export function ordinaryUser(): { readonly uid?: number } | null {
  if (process.getuid?.() !== 0) return {};
  const { status } = spawnSync('setpriv', [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--', COMMAND, '--version']);
  return status === 0 ? { uid: NOBODY } : null;
}
