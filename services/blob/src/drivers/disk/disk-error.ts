import { DomainError } from '@syncpair/contracts';

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A full disk or quota as the error that callers know; anything else as it is. */
export function diskError(error: unknown): unknown {
  if (!NO_SPACE.has(errorCode(error) ?? '')) return error;
  return new DomainError('out_of_space', 'the disk of the server is full; nothing was stored');
}

/** The result, or null when there is no such file. */
export async function orMissing<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
