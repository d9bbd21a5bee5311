import { DomainError } from '@syncpair/contracts';

/** PostgreSQL's SQLSTATE, or the code of the system call that failed; null for anything else. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('driverError' in error && typeof error.driverError === 'object' && error.driverError !== null) return codeOf(error.driverError);
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** True when running the same transaction again can succeed: a serialization failure or a deadlock. */
export const isTransient = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '');

const DISK_FULL = ['53100', '58030'];
const SYSTEM = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'];
const LOST = /Connection terminated|timeout exceeded when trying to connect|QueryRunner has already been released|not queryable/i;

/** True when PostgreSQL did not answer or is going away: nothing is wrong with the question. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  // 08: connection; 57P: shutdown and start-up; 53300: too many connections; 25006: a standby that became reachable in place of the primary.
  if (code !== null && (/^(08|57P)/.test(code) || code === '53300' || code === '25006' || SYSTEM.includes(code))) return true;
  return error instanceof Error && LOST.test(error.message);
}

/** What a caller of the service is told of a database error; the error itself when it is a fault of ours. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isConnectionLost(error)) return new DomainError('unavailable', 'the database does not answer');
  if (DISK_FULL.includes(codeOf(error) ?? '')) return new DomainError('out_of_space', "the database's disk is full");
  if (isTransient(error)) return new DomainError('unavailable', 'the database is too busy with this directory');
  return error;
}
