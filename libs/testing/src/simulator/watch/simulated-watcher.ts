import type { RelativePath } from '@syncpair/contracts';
import { parseRelativePath } from '@syncpair/contracts';
import type { WatchHint, Watcher } from '../../../../../services/client/src/watch/watcher.ts';
import type { FolderNode } from '../files/nodes.ts';
import type { Place, Tree } from '../files/tree.ts';
import type { OwnProcess } from '../world/own-process.ts';
import type { Random } from '../world/random.ts';

/** How events get lost; shared with whoever makes it so. */
export interface WatchFaults {
  /** Until this time no event arrives; the system then tells that its queue has overflowed. */
  deafUntil: number;
  /** The part of events that vanish without a word. */
  silentLoss: number;
}

export interface SimulatedWatcherParts {
  readonly tree: Tree;
  readonly process: OwnProcess;
  readonly random: Random;
  readonly prunes: (folder: RelativePath) => boolean;
  readonly faults: WatchFaults;
}

/**
 * One watch per folder, on the folder itself and not on its name, set a moment after the folder appears. Events come late, and of what
 * happens in a folder before it is watched none comes at all.
 */
export class SimulatedWatcher implements Watcher {
  readonly #parts: SimulatedWatcherParts;
  readonly #watched = new Map<FolderNode, RelativePath | null>();
  #onHint: (hint: WatchHint) => void = () => undefined;
  #stop: () => void = () => undefined;
  #closed = false;
  #overflowing = false;

  constructor(parts: SimulatedWatcherParts) {
    this.#parts = parts;
  }

  async start(onHint: (hint: WatchHint) => void): Promise<void> {
    const { tree, process, random } = this.#parts;
    this.#onHint = onHint;
    await process.wait(random.between(0.1, 5));
    if (this.#closed) return;
    this.#stop = tree.onChange((place, what) => this.#onChange(place, what));
    this.#watchAll(null, tree.root, false);
  }

  coverage(): number {
    return 1;
  }

  reason(): string | null {
    return null;
  }

  uncovered(): ReadonlySet<RelativePath | null> {
    return new Set();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    return Promise.resolve();
  }

  #watchAll(path: RelativePath | null, folder: FolderNode, tell: boolean): void {
    if (path !== null && this.#parts.prunes(path)) return;
    if (!folder.readable) return;
    const isNew = this.#watched.get(folder) !== path || !this.#watched.has(folder);
    this.#watched.set(folder, path);
    if (tell && isNew) this.#tell({ kind: 'folder', folder: path });
    for (const [name, child] of folder.children) {
      const below = parseRelativePath(path === null ? name : `${path}/${name}`);
      if (child.kind === 'dir' && below.ok) this.#watchAll(below.value, child, tell);
    }
  }

  #onChange({ folder, name }: Place, what: 'name' | 'content'): void {
    const { random, process, tree, faults } = this.#parts;
    if (!process.alive || !this.#watched.has(folder)) return;
    const above = this.#watched.get(folder) ?? null;
    const path = parseRelativePath(above === null ? name : `${above}/${name}`);
    if (!path.ok) return;
    if (process.time.now < faults.deafUntil) {
      this.#overflow();
      return;
    }
    if (!random.chance(faults.silentLoss)) {
      this.#tell({ kind: 'path', path: path.value });
      if (random.chance(0.05)) this.#tell({ kind: 'path', path: path.value });
    }
    if (what !== 'name') return;
    process.after(random.between(0.1, 8), () => {
      if (this.#closed) return;
      const node = tree.at(path.value);
      if (node?.kind === 'dir') this.#watchAll(path.value, node, true);
    });
  }

  #overflow(): void {
    const { process, faults, tree } = this.#parts;
    if (this.#overflowing) return;
    this.#overflowing = true;
    process.after(faults.deafUntil - process.time.now, () => {
      this.#overflowing = false;
      this.#tell({ kind: 'lost', reason: 'simulated overflow' });
      this.#watchAll(null, tree.root, true);
    });
  }

  #tell(hint: WatchHint): void {
    const { random, process } = this.#parts;
    process.after(random.chance(0.03) ? random.between(10, 400) : random.between(0.1, 4), () => {
      if (!this.#closed) this.#onHint(hint);
    });
  }
}
