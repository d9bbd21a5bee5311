import { ERROR_CODES, type ErrorBody, type ErrorCode } from '@syncpair/contracts';

/**
 * A request that failed in a way the caller must know: no connection, no progress, an error answer, or an answer that is none of ours
 * (a proxy's HTML page, a captive portal, a redirect).
 */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** `unreachable`: no answer; `foreign`: an answer that SyncPair did not write; else the server's own code. */
  readonly code: ErrorCode | 'unreachable' | 'foreign';
  readonly retryable: boolean;
  /** Milliseconds that the server asks to wait, from Retry-After. */
  readonly retryAfterMs: number | null;

  constructor(code: ServerError['code'], message: string, retryAfterMs: number | null = null) {
    super(message);
    this.code = code;
    this.retryable = code === 'unreachable' || code === 'foreign' || ERROR_CODES[code].retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The headers of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, unknown>>;

/** Turns what a broken connection throws (refused, reset, timed out, name not found, not HTTP) into a `ServerError`. */
export function unreachable(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, message: String(error) };
  if (code !== undefined && UNTRUSTED.test(code)) return new ServerError('unreachable', describeUntrusted(message));
  const garbled = code !== undefined && /^(HPE_|Z_|ERR_.*(BROTLI|ZSTD|PADDING))/.test(code);
  return garbled
    ? new ServerError('foreign', `the answer is damaged or not HTTP: ${message}`)
    : new ServerError('unreachable', message || (code ?? 'the connection failed'));
}

/** Codes of OpenSSL and Node for a certificate that is not taken. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

function describeUntrusted(message: string): string {
  const [reason] = message.split('; ');
  return `the server's certificate is not trusted: ${reason}; let this machine trust the authority that issued it, or give the server one that is valid for this address`;
}

/** Turns an answer other than success into a `ServerError`; `data` is its parsed JSON or anything else. */
export function toServerError(answer: { readonly status: number; readonly data: unknown; readonly headers: AnswerHeaders }): ServerError {
  const retryAfterMs = readRetryAfter(answer.headers);
  const error = (answer.data as Partial<ErrorBody> | null | undefined)?.error;
  if (typeof error?.message === 'string' && Object.hasOwn(ERROR_CODES, error.code)) {
    return new ServerError(error.code, error.message, retryAfterMs);
  }
  return new ServerError('foreign', describeForeign(answer.status, answer.headers), retryAfterMs);
}

function describeForeign(status: number, headers: AnswerHeaders): string {
  if (status < 300 || status >= 400) return `the server address answered ${status} in a form that is not SyncPair's`;
  return `the server address answered ${status}, a redirect${redirectTarget(headers['location'])}; redirects are not followed, so configure the final address`;
}

/** Only the origin: the rest of a foreign address may hold secrets. */
function redirectTarget(location: unknown): string {
  if (typeof location !== 'string' || !URL.canParse(location)) return '';
  const { protocol, host } = new URL(location);
  return ` to ${protocol}//${host}`;
}

const MAX_RETRY_AFTER_MS = 3600_000;

/** Retry-After in milliseconds, at most an hour: seconds, or a date, which counts from the answer's own date and not from our clock. */
function readRetryAfter(headers: AnswerHeaders): number | null {
  const value = String(headers['retry-after'] ?? '').trim();
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, MAX_RETRY_AFTER_MS);
  const ms = value.endsWith('GMT') ? Date.parse(value) - Date.parse(String(headers['date'] ?? '')) : NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
