import type { Listing, Unchanged } from '../../../../../services/client/src/disk/disk.ts';
import type { ListedEntry } from '../../../../../services/client/src/disk/observed.ts';

/** Ends a stamp and a name in `KnownFolder.known`: neither can hold it. */
const END = '/';

/** What was listed, or that it is just what was `known` of the folder; see `KnownFolder`. */
export function holdAgainst(listing: Listing, known: string | null): Listing | Unchanged {
  const { entries, refused, unseen } = listing;
  if (known === null || refused.length > 0 || unseen.length > 0 || !isKnown(entries, known)) return listing;
  const file = entries.find(({ observed }) => observed.kind === 'file')?.path ?? null;
  return { unchanged: true, folders: entries.filter(({ observed }) => observed.kind === 'dir').map(({ path }) => path), file };
}

function isKnown(entries: readonly ListedEntry[], known: string): boolean {
  let at = 0;
  for (const { path, observed } of entries.toSorted(byPath)) {
    const entry = observed.stamp + END + path.slice(path.lastIndexOf('/') + 1) + END;
    if (!known.startsWith(entry, at)) return false;
    at += entry.length;
  }
  return at === known.length;
}

/** By UTF-16 units: a folder in which the order of the names' bytes is another one is told as a whole. */
const byPath = (one: ListedEntry, other: ListedEntry): number => (one.path < other.path ? -1 : 1);
