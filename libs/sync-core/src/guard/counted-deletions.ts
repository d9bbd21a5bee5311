import { type ContentHash, type RelativePath, type VersionState, ancestorsOf } from '@syncpair/contracts';

/** A path that a device deletes, with what lived there. */
export interface DeletedPath {
  readonly path: RelativePath;
  readonly was: VersionState;
}

/** What is put by the same device at the same moment. */
export interface DeletionContext {
  readonly puts: ReadonlyMap<RelativePath, VersionState>;
  /** Contents that live on under a name that is not deleted here. */
  readonly livesOn: ReadonlySet<ContentHash>;
}

/**
 * The deletions that count: files and links that are gone for good. A content that lives on under another name was moved, what lay in a
 * folder that becomes a file changed its kind, and a folder is no more than its name.
 *
 * An empty file counts always: that nothing else is empty says nothing about it.
 */
export function countedDeletions(deleted: readonly DeletedPath[], { puts, livesOn }: DeletionContext): DeletedPath[] {
  return deleted.filter(({ path, was }) => {
    if (was.kind !== 'file' && was.kind !== 'link') return false;
    if (was.kind === 'file' && was.size > 0 && livesOn.has(was.hash)) return false;
    return !puts.has(path) && !ancestorsOf(path).some((folder) => (puts.get(folder)?.kind ?? 'dir') !== 'dir');
  });
}
