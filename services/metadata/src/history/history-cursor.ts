import { DomainError } from '@syncpair/contracts';
import type { HistoryPlace } from '../store/history-repository.ts';

const CURSOR = /^(\d{1,16})\.(\d{1,9})\.([\w-]*)$/;

/** A place in history as an opaque text. */
export const encodePlace = ({ seq, ordinal, path }: HistoryPlace): string => `${seq}.${ordinal}.${Buffer.from(path).toString('base64url')}`;

export function decodePlace(text: string): HistoryPlace {
  const [, seq, ordinal, path] = CURSOR.exec(text) ?? [];
  const decoded = path === undefined ? '\0' : Buffer.from(path, 'base64url').toString();
  if (decoded.includes('\0')) throw new DomainError('invalid_request', 'before: it is not the `next` of an earlier answer');
  return { seq: Number(seq), ordinal: Number(ordinal), path: decoded };
}
