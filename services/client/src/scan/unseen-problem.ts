import { nameOf } from '@syncpair/contracts';
import { DiskProblem, type UnseenEntry } from '../disk/disk.ts';

/** What is wrong with a folder of which some names, and nothing else, can be told; null when there are none. */
export function unseenProblem(unseen: readonly UnseenEntry[]): DiskProblem | null {
  const [first] = unseen;
  if (first === undefined) return null;
  const which = unseen.length === 1 ? `"${nameOf(first.path)}" in it` : `${unseen.length} names in it, "${nameOf(first.path)}" among them,`;
  return new DiskProblem(first.code, `${which} cannot be looked at: ${first.message}`);
}
