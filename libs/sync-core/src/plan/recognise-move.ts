/** A child of a folder, as far as it tells the folder from another one. */
export interface ChildIdentity {
  readonly name: string;
  readonly inode: bigint;
}

/**
 * Whether the folder that appeared is the one that vanished, both having the same inode number. File systems give freed numbers away
 * again, so at least one child must be the same too: same name, same inode. An empty folder carries nothing that a move would save.
 */
export function isSameFolder(vanished: readonly ChildIdentity[], appeared: readonly ChildIdentity[]): boolean {
  const before = new Map(vanished.map((child) => [child.name, child.inode]));
  return appeared.some((child) => before.get(child.name) === child.inode);
}
