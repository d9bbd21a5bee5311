import type { RelativePath } from '@syncpair/contracts';

interface Waiting {
  due: number;
  deep: boolean;
}

/** A folder to list; null: the root. */
export interface DueFolder extends Readonly<Waiting> {
  readonly path: RelativePath | null;
}

/**
 * Folders to list, each once. What is taken out by `due` counts as long as what the listing tells is not known yet: nothing in it can be
 * held to be looked at before.
 */
export class FolderQueue {
  readonly #waiting = new Map<RelativePath | null, Waiting>();
  readonly #underWay = new Set<RelativePath | null>();

  /** True when no folder waits, and no listing is under way. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#underWay.size === 0;
  }

  /** True while a folder waits, or its listing is under way. */
  has(folder: RelativePath | null): boolean {
    return this.#waiting.has(folder) || this.#underWay.has(folder);
  }

  /** `due` in monotonic milliseconds; `deep`: with all below it. A folder whose listing is under way is listed once more after that. */
  add(folder: RelativePath | null, { due, deep }: Waiting): void {
    const known = this.#waiting.get(folder);
    if (known === undefined) this.#waiting.set(folder, { due, deep });
    else this.#waiting.set(folder, { due: Math.min(due, known.due), deep: deep || known.deep });
  }

  /** Takes out folders whose time has come, at most `limit`. They are under way until `done`. */
  due(now: number, limit: number): DueFolder[] {
    const found: DueFolder[] = [];
    for (const [path, { due, deep }] of this.#waiting) {
      if (due > now) continue;
      this.#waiting.delete(path);
      this.#underWay.add(path);
      found.push({ path, due, deep });
      if (found.length >= limit) break;
    }
    return found;
  }

  /** The listings of these folders were taken, or have failed. */
  done(folders: readonly DueFolder[]): void {
    for (const { path } of folders) this.#underWay.delete(path);
  }

  /** When the next one that waits is due. */
  nextDue(): number | null {
    let next: number | null = null;
    for (const { due } of this.#waiting.values()) if (next === null || due < next) next = due;
    return next;
  }
}
