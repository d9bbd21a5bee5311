import type { FileEntry, VersionState } from '@syncpair/contracts';
import type { KnownAfterCut } from './judge-after-cut.ts';

/** Contents of which a file that was found after a power cut may be what the disk kept: its pages are compared with theirs. */
export function pageSources(found: VersionState, { agreed, earlier }: KnownAfterCut): FileEntry[] {
  if (found.kind !== 'file') return [];
  return [agreed, ...earlier].filter((state): state is FileEntry => state.kind === 'file' && state.size >= found.size);
}
