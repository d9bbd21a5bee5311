import { type RelativePath, ancestorsOf, rebase } from '@syncpair/contracts';

export interface Rename {
  readonly from: RelativePath;
  readonly to: RelativePath;
}

/** Renames in their order, indexed: following a path costs what happens to it, however many others there are. */
export class Renames<R extends Rename> {
  readonly list: R[] = [];
  readonly #byFrom = new Map<RelativePath, number[]>();
  readonly #byTo = new Map<RelativePath, number[]>();

  constructor(renames: readonly R[] = []) {
    for (const rename of renames) this.add(rename);
  }

  add(rename: R): void {
    note(this.#byFrom, rename.from, this.list.length);
    note(this.#byTo, rename.to, this.list.length);
    this.list.push(rename);
  }

  /**
   * What a path is called after the renames. A folder above takes it along where `along` says so; a rename of the path
   * itself counts where `self` does. `went` is told of each that counted.
   */
  follow(
    path: RelativePath,
    { along, self, went }: { along: (rename: R) => boolean; self: (rename: R) => boolean; went?: (rename: R) => void },
  ): RelativePath {
    let at = path;
    for (let next = 0; ;) {
      let found = this.#first(this.#byFrom.get(at), next, self);
      for (const folder of ancestorsOf(at)) found = Math.min(found, this.#first(this.#byFrom.get(folder), next, along));
      const rename = this.list[found];
      if (rename === undefined) return at;
      went?.(rename);
      at = rebase(at, rename.from, rename.to);
      next = found + 1;
    }
  }

  /** What a path was called before those of the renames that `counts` picks. */
  origin(path: RelativePath, counts: (rename: R) => boolean): RelativePath {
    let at = path;
    for (let next = this.list.length - 1; ;) {
      let found = -1;
      for (const name of [at, ...ancestorsOf(at)]) found = Math.max(found, this.#last(this.#byTo.get(name), next, counts));
      const rename = this.list[found];
      if (rename === undefined) return at;
      at = rebase(at, rename.to, rename.from);
      next = found - 1;
    }
  }

  /** The first of these numbers from `start` on that counts; Infinity when none does. */
  #first(numbers: readonly number[] | undefined, start: number, counts: (rename: R) => boolean): number {
    if (numbers === undefined) return Infinity;
    for (let place = placeOf(numbers, start); place < numbers.length; place += 1) {
      const number = numbers[place] as number;
      if (counts(this.list[number] as R)) return number;
    }
    return Infinity;
  }

  #last(numbers: readonly number[] | undefined, end: number, counts: (rename: R) => boolean): number {
    if (numbers === undefined) return -1;
    for (let place = placeOf(numbers, end + 1) - 1; place >= 0; place -= 1) {
      const number = numbers[place] as number;
      if (counts(this.list[number] as R)) return number;
    }
    return -1;
  }
}

function note(index: Map<RelativePath, number[]>, path: RelativePath, number: number): void {
  const numbers = index.get(path);
  if (numbers === undefined) index.set(path, [number]);
  else numbers.push(number);
}

/** The place of the first number that is not below `limit`. */
function placeOf(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
