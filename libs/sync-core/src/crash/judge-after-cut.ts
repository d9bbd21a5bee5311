import { type VersionState, sameContent } from '@syncpair/contracts';
import { pageSources } from './page-sources.ts';

/** What lies at a path after a power cut. */
export interface FoundAfterCut {
  /** A tombstone where nothing lies. */
  readonly state: VersionState;
  /**
   * Of a file: `known` when it holds nothing but pages of one of its `pageSources` in their places and pages of zeros, `foreign` when it holds
   * anything else, `unread` while nobody has compared them.
   */
  readonly pages: 'known' | 'foreign' | 'unread';
}

/** What is known of a path after a power cut. Nothing is a tombstone. */
export interface KnownAfterCut {
  /** What is to be there: the server's latest. */
  readonly agreed: VersionState;
  /** What lay there when the state was last written; other than `agreed` when the state is behind. */
  readonly applied: VersionState;
  /** What was there shortly before, or may have been while the state did not hear of it: as far back as the disk may have forgotten. */
  readonly earlier: readonly VersionState[];
}

/** `kept`: nothing was lost. `compare`: the pages have to be read first. `edit`: a user made it. `fetch_again`: the machine forgot. */
export type AfterCut = 'kept' | 'compare' | 'edit' | 'fetch_again';

/**
 * Whether what lies at a path after a power cut is what a user made of it, or what the machine made of a version that was agreed on shortly
 * before: nothing, an earlier version of it, or a version with its end or pages of it missing. Whatever could be a user's own bytes is an
 * edit, so that a wrong answer never costs a byte that is not also in a version that the server has.
 */
export function judgeAfterCut(found: FoundAfterCut, known: KnownAfterCut): AfterCut {
  const { agreed, applied, earlier } = known;
  // Where the state is behind, the rest is applied as on any other day.
  if (sameContent(found.state, agreed) || sameContent(found.state, applied)) return 'kept';
  if (earlier.some((state) => sameContent(state, found.state))) return 'fetch_again';
  if (found.state.kind === 'tombstone') return 'fetch_again';
  if (found.state.kind === 'file' && found.state.size === 0)
    return [agreed, applied].some(({ kind }) => kind === 'file') ? 'fetch_again' : 'edit';
  if (pageSources(found.state, known).length === 0) return 'edit';
  switch (found.pages) {
    case 'unread':
      return 'compare';
    case 'known':
      return 'fetch_again';
    case 'foreign':
      return 'edit';
  }
}
