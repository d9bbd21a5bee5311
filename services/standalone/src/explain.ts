import { EmbeddedPostgresError } from '@syncpair/embedded-postgres';
import { StandaloneError } from './standalone-error.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** @throws StandaloneError that does not repeat the URL, which may hold a password */
export function checkDatabaseUrl(text: string): void {
  const protocol = URL.canParse(text) ? new URL(text).protocol : null;
  if (protocol === 'postgresql:' || protocol === 'postgres:') return;
  throw new StandaloneError('--database-url must look like postgresql://user:password@host:5432/database', 2);
}

/** What the start tells its user of an error; a fault of ours stays as it is. */
export function toStandaloneError(
  error: unknown,
  { databaseUrl, storageDir }: Pick<StandaloneOptions, 'databaseUrl' | 'storageDir'>,
): unknown {
  if (error instanceof StandaloneError) return error;
  // Told by its name: its module brings all of the service along, which loads beside PostgreSQL's start.
  if (error instanceof Error && error.name === 'DatabaseTooNew') return new StandaloneError(error.message, 2, { cause: error });
  if (error instanceof EmbeddedPostgresError) return new StandaloneError(error.message, error.exitCode, { cause: error });
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  // Five characters are PostgreSQL's own codes: the database answered, and refused.
  if (databaseUrl !== null && /^[0-9A-Z]{5}$/.test(error.code))
    return new StandaloneError(`--database-url: ${error.message}`, 2, { cause: error });
  if ('syscall' in error)
    return new StandaloneError(`the storage directory ${storageDir} cannot be used: ${error.message}`, 1, { cause: error });
  return error;
}
