import type { DeleteChange, Head, PutChange, RelativePath, VersionId } from '@syncpair/contracts';
import type { CommitDecision } from '@syncpair/sync-core';
import type { DirectoryState } from '../sync/directory-state.ts';

/** A change that would delete something, or a folder that would go but for what is in it. */
export interface DeletionAttempt {
  /** Of the change. */
  readonly id: string;
  readonly path: RelativePath;
  /** Of the head. */
  readonly version: VersionId;
  /** What lives there. */
  readonly head: Head;
  /** False for a folder that stays because something lives in it. */
  readonly goes: boolean;
}

/** The deletions in a decision that is not carried out yet. Repeated requests, which change nothing, have none. */
export function deletionAttempts(
  changes: readonly (PutChange | DeleteChange)[],
  decision: CommitDecision,
  state: DirectoryState,
): DeletionAttempt[] {
  if (changes.every(({ op }) => op === 'put')) return [];
  const gone = new Set(
    decision.writes.flatMap(({ state: { kind }, changeId }) => (kind === 'tombstone' && changeId !== null ? [changeId] : [])),
  );
  return changes.flatMap((change, index): DeletionAttempt[] => {
    const stored = change.op === 'delete' ? state.head(change.path) : null;
    if (stored === null) return [];
    const goes = gone.has(change.id);
    if (!goes && !(stored.state.kind === 'dir' && decision.outcomes[index]?.status === 'superseded')) return [];
    const { path } = change;
    const head = { path, version: stored.version, state: stored.state };
    return [{ id: change.id, path, version: stored.version, head, goes }];
  });
}
