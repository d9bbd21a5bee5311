import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '@syncpair/contracts';
import type { ByteRange } from '../content/content-store.ts';

export type WantedRange = { readonly kind: 'all' } | { readonly kind: 'unchanged' } | { readonly kind: 'range'; readonly range: ByteRange };

const RANGE = /^bytes=(\d{0,16})-(\d{0,16})$/;

/**
 * What of a content with this ETag and size a request wants (RFC 9110: one range, `If-Range`, `If-None-Match`). Several ranges, other
 * units and malformed ones are ignored, as the RFC allows: the answer is the whole content.
 *
 * @throws {DomainError} `range_not_satisfiable`
 */
export function wantedRange(headers: IncomingHttpHeaders, etag: string, size: number): WantedRange {
  const known = headers['if-none-match'];
  if (known !== undefined && known.split(',').some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()))) return { kind: 'unchanged' };
  const ifRange = headers['if-range'];
  const [, first = '', last = ''] = (ifRange === undefined || ifRange === etag ? RANGE.exec(headers.range ?? '') : null) ?? [];
  if (first === '' && last === '') return { kind: 'all' };
  if (first === '') return satisfiable({ start: Math.max(0, size - Number(last)), end: size - 1 }, size);
  if (last !== '' && Number(last) < Number(first)) return { kind: 'all' };
  return satisfiable({ start: Number(first), end: Math.min(last === '' ? size - 1 : Number(last), size - 1) }, size);
}

function satisfiable(range: ByteRange, size: number): WantedRange {
  if (range.start > range.end) throw new DomainError('range_not_satisfiable', `the content has ${size} bytes`);
  return { kind: 'range', range };
}
