import { type Entry, type RelativePath, type VersionId, isLaterVersion, sameContent } from '@syncpair/contracts';
import type { FormerVersion, StoredVersion } from '../commit/stored-version.ts';

/** `DirectoryView.former` of a list of every version there ever was. */
export function formerVersions(
  versions: readonly (StoredVersion & { readonly path: RelativePath; readonly lost: boolean })[],
  path: RelativePath,
  entry: Entry,
): FormerVersion[] {
  const heads = versions.filter((known) => known.path === path && !known.lost);
  const deletions = heads.filter(({ state }) => state.kind === 'tombstone').map(({ version }): VersionId => version);
  return heads
    .filter(({ state }) => sameContent(state, entry))
    .map((version) => ({ version, isDeletedSince: deletions.some((deletion) => isLaterVersion(deletion, version.version)) }))
    .reverse();
}
