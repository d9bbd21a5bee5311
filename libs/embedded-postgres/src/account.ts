import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './error.ts';
import { isSystemError } from './system-error.ts';

const run = promisify(execFile);

/** Whom PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** System accounts to use when started as root, best first; `nobody` exists on every Linux and macOS. */
const CANDIDATES = ['postgres', 'nobody'] as const;

/**
 * PostgreSQL refuses to run as root. Data that exist keep their owner, so that a machine that gets a `postgres` account later still opens
 * them; new data go to the first system account there is. No account is created. initdb insists on an account with a name, the server does not.
 *
 * @param folder holds `data`, or will
 * @returns null: run as whoever started us
 * @throws EmbeddedPostgresError `foreign_owner`, `no_account`
 */
export async function chooseAccount(folder: string): Promise<Account | null> {
  const self = process.getuid?.();
  if (self === undefined) return null;
  const owner = await ownerOf(join(folder, 'data'));
  if (self !== 0) {
    if (owner === null || owner.uid === self) return null;
    const message = `${join(folder, 'data')} belongs to user ${owner.uid}, and this is user ${self}: start the server as before, or give the folder to this user`;
    throw new EmbeddedPostgresError('foreign_owner', message);
  }
  if (owner !== null && owner.uid !== 0) return owner;
  for (const name of CANDIDATES) {
    const account = await lookUp(name);
    if (account !== null && account.uid !== 0) return account;
  }
  throw new EmbeddedPostgresError(
    'no_account',
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody": run as another user, or make one',
  );
}

async function ownerOf(path: string): Promise<Account | null> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    if (isSystemError(error, 'EACCES')) {
      throw new EmbeddedPostgresError(
        'foreign_owner',
        `${path} is closed to this user: start the server as before, or give the folder to this user`,
      );
    }
    throw error;
  }
}

async function lookUp(name: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails where the name is unknown, and where there is no `id`; either way it is no candidate.
    return null;
  }
}
