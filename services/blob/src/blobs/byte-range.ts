import { DomainError } from '@syncpair/contracts';

/** A range as it is asked for, before the size is known: from an offset (to an inclusive end), or the last bytes. */
export type RangeRequest = { readonly from: number; readonly to?: number } | { readonly last: number };

/** Bytes `start` up to, and without, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SINGLE = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/;

/** The `Range` header; undefined when it asks for nothing that is served (several ranges, other units): the whole content then (RFC 9110, 14.2). */
export function parseRangeHeader(header: string | undefined): RangeRequest | undefined {
  const match = SINGLE.exec(header?.replaceAll(' ', '') ?? '');
  if (match === null) return undefined;
  const [, from, to, last] = match;
  if (last !== undefined) return { last: Number(last) };
  if (to !== undefined && Number(to) < Number(from)) return undefined;
  return to === undefined ? { from: Number(from) } : { from: Number(from), to: Number(to) };
}

/** @throws {DomainError} `range_not_satisfiable` when no byte of the content is meant. */
export function resolveRange(size: number, range: RangeRequest | undefined): ByteRange {
  if (range === undefined) return { start: 0, end: size };
  const start = 'last' in range ? Math.max(0, size - range.last) : range.from;
  const end = 'last' in range || range.to === undefined ? size : Math.min(size, range.to + 1);
  if (start >= end) throw new DomainError('range_not_satisfiable', `the content has ${size} bytes`);
  return { start, end };
}
