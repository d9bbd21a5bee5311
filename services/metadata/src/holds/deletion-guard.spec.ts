import type { ContentHash, PutChange, RelativePath, VersionId } from '@syncpair/contracts';
import { DEFAULT_HOLD_LIMITS, decideCommit } from '@syncpair/sync-core';
import { expect, test } from 'vitest';
import type { Transaction } from '../database/database.ts';
import { DirectoryState } from '../sync/directory-state.ts';
import { DeletionGuard } from './deletion-guard.ts';

/** A database that must not be asked. */
const untouchable = {
  query: () => Promise.reject(new Error('the guard asked the database')),
} as unknown as Transaction;
const HASH = 'a'.repeat(64) as ContentHash;

test('a commit that deletes nothing costs no question to the database', async () => {
  const directory = {
    id: 1,
    epoch: 'e',
    head: 5,
    openConflicts: 0,
    holds: { open: 0, revision: 3 },
    holdLimits: null,
    released: 0,
    dropped: 0,
    historyFull: false,
  };
  const guard = new DeletionGuard(untouchable, directory, { limits: DEFAULT_HOLD_LIMITS, now: 0, pending: () => [] });
  const changes = Array.from({ length: 1_000 }, (_, index): PutChange => {
    const entry = { kind: 'file', hash: HASH, size: 1, mtime: 0n, executable: false } as const;
    return { op: 'put', id: `c${index}`, path: `file ${index}` as RelativePath, base: null, entry };
  });
  const state = new DirectoryState();
  const tombstone = { version: '1.0' as VersionId, state: { kind: 'tombstone' }, order: 0n, contentSince: '1.0' as VersionId } as const;
  for (const [index, { path }] of changes.entries()) state.setHead(path, index === 0 ? tombstone : null);
  const decision = decideCommit(state.viewFor('0'.repeat(32)), changes, {
    ...{ seq: 6, firstOrdinal: 0, now: 0n, author: 'alice', contentSize: () => 1, conflictCopies: false, strict: false },
  });
  const job = { device: '0'.repeat(32), author: 'alice', changes } as unknown as Parameters<DeletionGuard['judge']>[0];
  expect(decision.writes).toHaveLength(1_000);
  expect(await guard.judge(job, changes, decision, state)).toEqual(new Map());
  expect(await guard.settle()).toBeNull();
});
