import type { Change, Commit, ContentHash, DirectoryKey, Outcome, RelativePath, Seq } from '@syncpair/contracts';
import type { StoredContent } from '../content/content-store.ts';
import type { Directory } from '../store/directory-repository.ts';

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
  readonly contents: ReadonlyMap<ContentHash, StoredContent>;
  readonly conflictCopies: boolean;
  /** When a path was deleted, nanoseconds since 1970, where the proposer says so; else it is when the deletion is committed. */
  readonly deletionTimes?: ReadonlyMap<RelativePath, bigint>;
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
  readonly commits: readonly Commit[];
}
