import type { DaemonControl } from '../daemon/control.ts';

/**
 * What travels over the socket: JSON documents, one a line. The daemon begins with a greeting; then requests and answers, matched by id,
 * in any order. `ping` is answered at once, whatever else is under way: it tells a busy daemon from a hung one.
 */
export interface Greeting {
  readonly syncpair: string;
  readonly pid: number;
}

export const METHODS = [
  'status',
  'flush',
  'plan',
  'why',
  'holds',
  'approveHold',
  'rejectHold',
  'join',
  'syncNow',
] as const satisfies (keyof DaemonControl)[];
export type Method = (typeof METHODS)[number];

export interface Request {
  readonly id: number;
  readonly method: Method | 'ping';
  readonly params: readonly unknown[];
}

/** `refused`: the request cannot be carried out, in words for the user. `failed`: a fault. `unknown`: not a request of this protocol. */
export type AnswerError = { readonly kind: 'refused' | 'failed' | 'unknown'; readonly message: string };
export type Answer = { readonly id: number | null; readonly result: unknown } | { readonly id: number | null; readonly error: AnswerError };

/** Bytes of one request; a longer one is no request of ours. */
export const MAX_REQUEST_BYTES = 1024 * 1024;
/** Bytes of one answer: the plan of a few hundred thousand paths. */
export const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
