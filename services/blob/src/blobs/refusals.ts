import { type ContentHash, DomainError } from '@syncpair/contracts';
import type { ExpectedBlob } from './blob-store.ts';

/** Refusals that every driver words alike. */
export const tooLarge = (maxBytes: number): DomainError => new DomainError('too_large', `the content is larger than ${maxBytes} bytes`);

export const wrongHash = (expected: ContentHash, actual: string): DomainError =>
  new DomainError('hash_mismatch', `the bytes have the SHA-256 ${actual}, not ${expected}; nothing was stored`);

export const wrongSize = (expected: number, actual: number): DomainError =>
  new DomainError('hash_mismatch', `${actual} bytes arrived, ${expected} were declared; nothing was stored`);

export const endedEarly = (): DomainError =>
  new DomainError('invalid_request', 'the connection ended before the content did; nothing was stored');

/** @throws {DomainError} when what arrived is not what was expected. */
export function checkArrived(expected: ExpectedBlob, actual: { readonly hash: string; readonly size: number }): void {
  if (expected.size !== undefined && expected.size !== actual.size) throw wrongSize(expected.size, actual.size);
  if (expected.hash !== actual.hash) throw wrongHash(expected.hash, actual.hash);
}
