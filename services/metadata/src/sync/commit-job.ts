import type { Change, Commit, ContentHash, DirectoryKey, Outcome, RelativePath, Seq, VersionId } from '@syncpair/contracts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Directory } from '../store/directory-repository.ts';

/** What made a commit, when it was no device's own sync. */
export interface CommitOrigin {
  readonly call: 'script' | 'restore' | 'undo' | 'resolve';
  /** The version that a path gets back. */
  readonly restored?: ReadonlyMap<RelativePath, VersionId>;
}

/** The changes of one request, with everything decided about them that needs no lock. */
export interface CommitJob {
  readonly key: DirectoryKey;
  readonly device: string;
  /** The `client_id`. */
  readonly author: string;
  /** The directory's history that the changes were made against. */
  readonly epoch: string;
  /** The log up to here is known to the proposer. */
  readonly cursor: Seq;
  /** With ids that are unique in the request. */
  readonly changes: readonly Change[];
  /** Contents that are durable and that the proposer may use. */
  readonly contents: ReadonlyMap<ContentHash, UsableContent>;
  readonly conflictCopies: boolean;
  /** The proposer knows the outcome `held`. */
  readonly knowsHolds?: boolean;
  /** A person has looked at the deletions and wants them: they are not counted and never held. */
  readonly approved?: boolean;
  /** When a path was deleted, nanoseconds since 1970, where the proposer says so; else it is when the deletion is committed. */
  readonly deletionTimes?: ReadonlyMap<RelativePath, bigint>;
  /** Left out for a device's own sync. */
  readonly origin?: CommitOrigin;
  /** A put or deletion whose base is not the head is superseded: nothing is contested, and nothing of anybody else replaced. */
  readonly strict?: boolean;
  /** See `CommitContext`. */
  readonly joins?: boolean;
}

export type CommitResult =
  /** The proposer's history is not the directory's; nothing was decided. */
  | { readonly status: 'rejoin'; readonly directory: Directory }
  | {
      readonly status: 'decided';
      /** As the group of requests left it. */
      readonly directory: Directory;
      /** In the order of the changes. */
      readonly outcomes: readonly Outcome[];
    };

/** What a group of requests did to a directory, for those who listen. */
export interface CommittedGroup {
  /** After the group. */
  readonly directory: Directory;
  /** The head before it. */
  readonly previous: Seq;
  /** Empty when nothing but the holds changed. */
  readonly commits: readonly Commit[];
}

/** What came of a group of jobs of one directory. */
export interface DecidedGroup {
  /** In the order of the jobs. */
  readonly results: readonly CommitResult[];
  /** Null when nothing was changed. */
  readonly group: CommittedGroup | null;
}
