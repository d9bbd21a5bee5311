import { type ContentHash, DomainError, EMPTY_HASH, type ErrorCode, type GrantClaims } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { joinGrants, requireGranted } from './granted.ts';

const NOW = 1_700_000_000_000;
const other = 'a'.repeat(64) as ContentHash;
const claims = (change: Partial<GrantClaims> = {}): GrantClaims => ({
  use: 'write',
  who: 'alice',
  contents: [{ hash: EMPTY_HASH }],
  expires: NOW + 1,
  ...change,
});

function codeOf(action: () => unknown): ErrorCode | 'none' {
  try {
    action();
    return 'none';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('joinGrants', () => {
  it('joins the contents of all grants, with their locations', () => {
    const granted = joinGrants([claims(), claims({ contents: [{ hash: other, location: 'there' }] })], 'write', NOW);
    expect(granted.who).toBe('alice');
    expect(requireGranted(granted, EMPTY_HASH)).toEqual({ hash: EMPTY_HASH, location: undefined });
    expect(requireGranted(granted, other)).toEqual({ hash: other, location: 'there' });
  });
  it.each([
    ['no grant at all', [], 'unauthenticated'],
    ['another use', [claims(), claims({ use: 'read' })], 'forbidden'],
    ['an expired grant', [claims({ expires: NOW - 61_000 })], 'forbidden'],
    ['grants of two principals', [claims(), claims({ who: 'bob' })], 'forbidden'],
    ['a clock that is a minute ahead', [claims({ expires: NOW - 59_000 })], 'none'],
  ])('%s: %#', (_, grants, code) => {
    expect(codeOf(() => joinGrants(grants, 'write', NOW))).toBe(code);
  });
  it('names no content that is not granted', () => {
    expect(codeOf(() => requireGranted(joinGrants([claims()], 'write', NOW), other))).toBe('forbidden');
  });
});
