import { type ContentHash, type RelativePath, type VersionId, isLaterVersion } from '@syncpair/contracts';
import type { FormerVersion, StoredVersion } from '../commit/stored-version.ts';

/** `DirectoryView.former` of a list of every version there ever was. */
export function formerVersions(
  versions: readonly (StoredVersion & { readonly path: RelativePath; readonly lost: boolean })[],
  path: RelativePath,
  hash: ContentHash,
): FormerVersion[] {
  const heads = versions.filter((known) => known.path === path && !known.lost);
  const deletions = heads.filter(({ state }) => state.kind === 'tombstone').map(({ version }): VersionId => version);
  return heads
    .filter(({ state }) => state.kind === 'file' && state.hash === hash)
    .map((version) => ({ version, isDeletedSince: deletions.some((deletion) => isLaterVersion(deletion, version.version)) }))
    .reverse();
}
