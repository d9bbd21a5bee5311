import { DomainError, ERROR_CODES, type ErrorCode } from '@syncpair/contracts';

/** Frameworks' own statuses that a code of ours does not carry; anything else in the 4xx is the caller's mistake. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  416: 'range_not_satisfiable',
  429: 'rate_limited',
  503: 'unavailable',
  507: 'out_of_space',
};

const MESSAGE_BY_STATUS: Readonly<Record<number, string>> = {
  404: 'no such route',
  413: 'the body is larger than this route takes',
  414: 'the URL is too long',
};

/** What a caller is told of an error: its own code, the nearest one for an error of the framework, or null for a fault of ours. */
export function toDomainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  const status = statusOf(error);
  if (status === null || status >= 500) return status === 503 ? new DomainError('unavailable', 'the service is stopping') : null;
  const code = CODE_BY_STATUS[status] ?? 'invalid_request';
  const message = error instanceof Error ? error.message : code;
  return new DomainError(code, MESSAGE_BY_STATUS[status] ?? message);
}

export const statusOfCode = (code: ErrorCode): number => ERROR_CODES[code].status;

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('getStatus' in error && typeof error.getStatus === 'function') return Number(error.getStatus());
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return null;
}
