/**
 * Every error that a service answers with. The code is stable; whether repeating can help, and the HTTP status, are properties of the code
 * and never of a message. `docs/error-codes.md` is generated from the comments.
 */
export const ERROR_CODES = {
  /** The request is not what the route takes; the message names the field. Mend the request. */
  invalid_request: { status: 400, retryable: false },
  /** A path is empty, absolute, reserved, leaves the directory, or cannot exist on disk. Mend the path. */
  invalid_path: { status: 400, retryable: false },
  /** The bytes do not have the stated SHA-256 or size; nothing was stored. Send them again as they are. */
  hash_mismatch: { status: 422, retryable: false },
  /** The request speaks a protocol that this server does not. Upgrade the older side. */
  unsupported_protocol: { status: 400, retryable: false },
  /** No credentials, or none that are good. Log in. */
  unauthenticated: { status: 401, retryable: false },
  /** The credentials do not allow this. Ask an admin for a role on the directory. */
  forbidden: { status: 403, retryable: false },
  /** No such path, version, conflict, hold or route. */
  not_found: { status: 404, retryable: false },
  /** The history does not reach back so far; the message tells how far. Name a later time. */
  history_expired: { status: 410, retryable: false },
  /** The state moved between reading and writing. Ask again. */
  conflict: { status: 409, retryable: true },
  /** The deletion waits for a person, because there are too many; `syncpair holds list` shows it. Nothing needs to be repeated. */
  held: { status: 409, retryable: false },
  /** The body is larger than the route takes. Send it in parts, or through the blob service. */
  too_large: { status: 413, retryable: false },
  /** A range outside of the content. */
  range_not_satisfiable: { status: 416, retryable: false },
  /** Too many requests of one client. Wait as Retry-After says; send many changes in one request. */
  rate_limited: { status: 429, retryable: true },
  /** A fault of the server; its log has the cause under the answer's request id. */
  internal: { status: 500, retryable: true },
  /** A service that this one needs does not answer. It is tried again. */
  unavailable: { status: 503, retryable: true },
  /** What is kept of this directory's past takes all the room it may, and none of it may go yet. Raise the bound with `syncpair retention`. */
  history_full: { status: 507, retryable: true },
  /** The disk or the quota of the server is full; nothing was stored. Free space; clients go on by themselves. */
  out_of_space: { status: 507, retryable: true },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The body of every error answer. */
export interface ErrorBody {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly path?: string };
}

/** An expected failure inside a service; one filter turns it into status and body. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly path: string | undefined;
  /** Milliseconds after which asking again can help; told as Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, path?: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.path = path;
    this.retryAfterMs = retryAfterMs;
  }

  toBody(): ErrorBody {
    return { error: { code: this.code, message: this.message, ...(this.path === undefined ? {} : { path: this.path }) } };
  }
}
