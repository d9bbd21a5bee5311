import { type RelativePath, ancestorsOf, isBelow, rebase } from '@syncpair/contracts';
import { ByPath } from './by-path.ts';
import type { Slot } from './replay-span.ts';

/** Where something would lie that is not there any more. */
export interface Place {
  path: RelativePath;
  /** What is known to lie around it, or did: another folder that got the name of one of these takes the place nowhere. */
  readonly folders: Set<Slot>;
}

/** Places in the order of the log: each goes where its folder goes. */
export class Places {
  readonly #at = new ByPath<Place>();
  readonly #slotsAt: (path: RelativePath) => readonly Slot[];

  constructor(slotsAt: (path: RelativePath) => readonly Slot[]) {
    this.#slotsAt = slotsAt;
  }

  /** What is at a path leaves it; `origins` are the places that it comes from. */
  leave(path: RelativePath, origins: readonly Place[] = []): Place {
    const place = { path, folders: new Set([...this.#around(path), ...origins.flatMap(({ folders }) => [...folders])]) };
    this.#at.add(place);
    return place;
  }

  /**
   * A folder gets another name: what is known of it tells which places it takes along, and the names decide where nothing is. Returns these
   * places.
   */
  carry({ from, to }: { readonly from: RelativePath; readonly to: RelativePath }, mover: Slot | undefined): ReadonlySet<Place> {
    const carried = new Set<Place>();
    for (const place of this.#at.within(from)) {
      if (!isBelow(place.path, from) || (mover !== undefined && !place.folders.has(mover))) continue;
      this.#at.remove(place);
      place.path = rebase(place.path, from, to);
      for (const slot of this.#around(to)) place.folders.add(slot);
      this.#at.add(place);
      carried.add(place);
    }
    return carried;
  }

  #around(path: RelativePath): Slot[] {
    return ancestorsOf(path).flatMap((folder) => this.#slotsAt(folder));
  }
}
