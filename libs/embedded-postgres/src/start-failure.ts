import { EmbeddedPostgresError } from './error.ts';

const GRAVE = /FATAL|PANIC|ERROR|HINT|No space left|could not|cannot/;
const LINES = 6;

/** The error for a program of PostgreSQL that failed, told from its own words, which are in English because we ask for that. */
export function startFailure(what: string, words: string): EmbeddedPostgresError {
  const said = gravest(words);
  if (words.includes('No space left on device')) {
    return new EmbeddedPostgresError('out_of_space', `${what}: the disk is full; free some space and start again`);
  }
  if (words.startsWith('setpriv:')) {
    return new EmbeddedPostgresError(
      'no_account',
      `${what}: this is root, and PostgreSQL needs another user, which cannot be had here (${said})`,
    );
  }
  return new EmbeddedPostgresError('start_failed', said === '' ? `${what} and gave no reason` : `${what}: ${said}`);
}

function gravest(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  const grave = lines.filter((line) => GRAVE.test(line));
  return (grave.length > 0 ? grave : lines).slice(-LINES).join('; ');
}
