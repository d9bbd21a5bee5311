import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ERROR_CODES, type ErrorBody, type ErrorCode, PRODUCT_VERSION } from '@syncpair/contracts';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

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

/** Milliseconds without a byte in either direction after which a request counts as lost. Never a bound on its total time. */
export const NO_PROGRESS_MS = 30_000;

/** A connection pool to one server. Redirects are refused: another origin must not receive what belongs to this one. */
export function createHttp(server: string): AxiosInstance {
  const pool = { keepAlive: true, maxSockets: 16, timeout: NO_PROGRESS_MS } as const;
  return axios.create({
    baseURL: server,
    adapter: 'http',
    httpAgent: new HttpAgent(pool),
    httpsAgent: new HttpsAgent(pool),
    headers: { 'user-agent': `syncpair/${PRODUCT_VERSION}` },
    maxRedirects: 0,
    maxBodyLength: Infinity,
    maxContentLength: Infinity,
    proxy: false,
    validateStatus: () => true,
    transitional: { clarifyTimeoutError: true },
  });
}

/** The answer's JSON body. @throws {ServerError} */
export async function requestJson(
  http: AxiosInstance,
  request: { method: 'GET' | 'POST'; path: string; body?: unknown; query?: Record<string, string>; signal?: AbortSignal },
): Promise<unknown> {
  const response = await send(http, request);
  if (response.status >= 200 && response.status < 300 && isJson(response)) return response.data;
  throw toServerError(response);
}

async function send(
  http: AxiosInstance,
  request: { method: string; path: string; body?: unknown; query?: Record<string, string>; signal?: AbortSignal },
): Promise<AxiosResponse> {
  try {
    return await http.request({
      method: request.method,
      url: request.path,
      ...(request.body === undefined ? {} : { data: request.body }),
      ...(request.query === undefined ? {} : { params: request.query }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      timeout: NO_PROGRESS_MS * 2,
    });
  } catch (error) {
    throw unreachable(error);
  }
}

const isJson = (response: AxiosResponse): boolean => String(response.headers['content-type'] ?? '').startsWith('application/json');

/** Turns what axios throws (refused, reset, timed out, name not found) into a `ServerError`. */
export function unreachable(error: unknown): ServerError {
  const cause = error instanceof Error ? error : new Error(String(error));
  return new ServerError(
    'unreachable',
    (cause as NodeJS.ErrnoException).code === undefined ? cause.message : `${cause.message || (cause as NodeJS.ErrnoException).code}`,
  );
}

/** Turns an answer other than success into a `ServerError`; the body may be parsed JSON or anything else. */
export function toServerError(response: Pick<AxiosResponse, 'status' | 'data' | 'headers'>): ServerError {
  const after = Number(response.headers['retry-after']);
  const retryAfterMs = Number.isFinite(after) && after >= 0 ? Math.min(after, 3600) * 1000 : null;
  const error = (response.data as Partial<ErrorBody> | null)?.error;
  if (error !== undefined && typeof error.message === 'string' && Object.hasOwn(ERROR_CODES, error.code)) {
    return new ServerError(error.code, error.message, retryAfterMs);
  }
  return new ServerError('foreign', `the server address answered ${response.status} in a form that is not SyncPair's`, retryAfterMs);
}
