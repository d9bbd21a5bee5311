import type { RelativePath } from '@syncpair/contracts';

interface Waiting {
  due: number;
  deep: boolean;
}

/** A folder to list; null: the root. */
export interface DueFolder extends Readonly<Waiting> {
  readonly path: RelativePath | null;
}

/** Folders to list, each once. */
export class FolderQueue {
  readonly #waiting = new Map<RelativePath | null, Waiting>();

  get size(): number {
    return this.#waiting.size;
  }

  has(folder: RelativePath | null): boolean {
    return this.#waiting.has(folder);
  }

  /** `due` in monotonic milliseconds; `deep`: with all below it. */
  add(folder: RelativePath | null, { due, deep }: Waiting): void {
    const known = this.#waiting.get(folder);
    if (known === undefined) this.#waiting.set(folder, { due, deep });
    else this.#waiting.set(folder, { due: Math.min(due, known.due), deep: deep || known.deep });
  }

  /** Takes out folders whose time has come, at most `limit`. */
  due(now: number, limit: number): DueFolder[] {
    const found: DueFolder[] = [];
    for (const [path, { due, deep }] of this.#waiting) {
      if (due > now) continue;
      this.#waiting.delete(path);
      found.push({ path, due, deep });
      if (found.length >= limit) break;
    }
    return found;
  }

  nextDue(): number | null {
    let next: number | null = null;
    for (const { due } of this.#waiting.values()) if (next === null || due < next) next = due;
    return next;
  }

  clear(): void {
    this.#waiting.clear();
  }
}
