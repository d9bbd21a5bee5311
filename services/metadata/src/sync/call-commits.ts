import { hash } from 'node:crypto';
import {
  type Change,
  type ContentHash,
  type DirectoryRef,
  DomainError,
  type Outcome,
  type RelativePath,
  directoryKey,
} from '@syncpair/contracts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Directory } from '../store/directory-repository.ts';
import type { CommitOrigin } from './commit-job.ts';
import type { CommitQueue } from './commit-queue.ts';

/** The device that stands for all calls of a client that come from no daemon: change ids are unique per device. */
export const callDevice = (client: string): string => hash('sha256', `calls of ${client}`).slice(0, 32);

export interface CallChanges {
  readonly ref: DirectoryRef;
  readonly directory: Directory;
  readonly changes: readonly Change[];
  readonly contents?: ReadonlyMap<ContentHash, UsableContent>;
  readonly deletionTimes?: ReadonlyMap<RelativePath, bigint>;
  readonly origin: CommitOrigin;
  /** See `CommitJob`. */
  readonly strict?: boolean;
}

/** Changes that people and scripts make by single calls: the same commit as a daemon's, without a cursor. */
export class CallCommits {
  readonly #queue: CommitQueue;

  constructor(queue: CommitQueue) {
    this.#queue = queue;
  }

  /** The outcomes, in the order of the changes. @throws {DomainError} `conflict` when the directory's history has been replaced meanwhile. */
  async commit(call: CallChanges): Promise<readonly Outcome[]> {
    const { ref, directory, changes, contents = new Map<ContentHash, UsableContent>(), deletionTimes, origin, strict = false } = call;
    const result = await this.#queue.commit({
      key: directoryKey(ref),
      device: callDevice(ref.client_id),
      author: ref.client_id,
      epoch: directory.epoch,
      // Bases are read by the call itself, after the directory.
      cursor: directory.head,
      changes,
      contents,
      conflictCopies: false,
      origin,
      strict,
      knowsHolds: true,
      ...(deletionTimes === undefined ? {} : { deletionTimes }),
    });
    if (result.status === 'rejoin') throw new DomainError('conflict', 'the history of the directory has been replaced; ask again');
    return result.outcomes;
  }
}
