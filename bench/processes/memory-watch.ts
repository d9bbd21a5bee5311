import { familyOf } from '../../e2e/harness/memory.ts';
import { privateMemoryOf } from './private-memory.ts';

const EVERY_MS = 100;

/** Watches how far the memory of each process of some families grows above what it was. */
export class MemoryWatch {
  readonly #roots: Readonly<Record<string, number>>;
  readonly #idle = new Map<number, number>();
  readonly #growth = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  /** `roots`: a name and the first process of each family. What they hold now counts as idle; a process that comes later begins at 0. */
  constructor(roots: Readonly<Record<string, number>>) {
    this.#roots = roots;
    for (const root of Object.values(roots)) for (const pid of familyOf(root)) this.#idle.set(pid, privateMemoryOf(pid));
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** @returns for each name, the bytes by which that process of its family grew which grew most */
  end(): Record<string, number> {
    clearInterval(this.#timer);
    this.#look();
    const most = (root: number): number => Math.max(0, ...familyOf(root).map((pid) => this.#growth.get(pid) ?? 0));
    return Object.fromEntries(Object.entries(this.#roots).map(([name, root]) => [name, most(root)]));
  }

  #look(): void {
    for (const root of Object.values(this.#roots))
      for (const pid of familyOf(root)) {
        const grown = privateMemoryOf(pid) - (this.#idle.get(pid) ?? 0);
        this.#growth.set(pid, Math.max(grown, this.#growth.get(pid) ?? 0));
      }
  }
}
