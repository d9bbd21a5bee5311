import { type VersionState, sameContent } from '@syncpair/contracts';

/** What lies at a path after a power cut. */
export interface FoundAfterCut {
  /** A tombstone where nothing lies. */
  readonly state: VersionState;
  /**
   * Of a file: `agreed` when it holds nothing but pages of the agreed content in their places and pages of zeros, `foreign` when it holds
   * anything else, `unread` while nobody has compared them.
   */
  readonly pages: 'agreed' | 'foreign' | 'unread';
}

/** `kept`: nothing was lost. `compare`: the pages have to be read first. `edit`: a user made it. `fetch_again`: the machine forgot. */
export type AfterCut = 'kept' | 'compare' | 'edit' | 'fetch_again';

/**
 * Whether what lies at a path after a power cut is what a user made of it, or what the machine made of a version that was agreed on shortly
 * before: nothing, an earlier version of it, or the version with its end or pages of it missing. Whatever could be a user's own bytes is an
 * edit, so that a wrong answer never costs a byte that is not also in the agreed version.
 *
 * @param agreed a tombstone where it was agreed that nothing is there
 * @param earlier what was agreed on before that, as far back as the disk may have forgotten
 */
export function judgeAfterCut(found: FoundAfterCut, agreed: VersionState, earlier: readonly VersionState[]): AfterCut {
  if (sameContent(found.state, agreed)) return 'kept';
  if (earlier.some((state) => sameContent(state, found.state))) return 'fetch_again';
  if (found.state.kind === 'tombstone') return 'fetch_again';
  if (found.state.kind !== 'file' || agreed.kind !== 'file' || found.state.size > agreed.size) return 'edit';
  if (found.state.size === 0) return 'fetch_again';
  switch (found.pages) {
    case 'unread':
      return 'compare';
    case 'agreed':
      return 'fetch_again';
    case 'foreign':
      return 'edit';
  }
}
