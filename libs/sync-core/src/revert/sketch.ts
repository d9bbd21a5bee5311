import { type Entry, type RelativePath, type VersionState, ancestorsOf, isBelow, parentOf, rebase } from '@syncpair/contracts';
import type { KnownVersion } from './decide-restore.ts';
import { Renames } from './renames.ts';
import { type ReversedMove, back } from './undo-moves.ts';

/** How the directory is now. */
export interface PresentView {
  head(path: RelativePath): KnownVersion | null;
  /** Live entries directly in a folder. */
  liveChildren(folder: RelativePath): number;
}

/** The directory as it will be after the steps so far: paths are told as they will be then. */
export class Sketch {
  /** Moves taken back, those of things that are gone among them. */
  readonly reversed = new Renames<ReversedMove>();
  readonly #present: PresentView;
  readonly #moved = new Set<RelativePath>();
  readonly #removed = new Set<RelativePath>();
  readonly #removedIn = new Map<RelativePath, number>();
  readonly #putIn = new Map<RelativePath, number>();
  readonly #kinds = new Map<RelativePath, Entry['kind']>();
  /** Folders above what was put, also above that of long ago. */
  readonly #around = new Set<RelativePath>();

  constructor(present: PresentView) {
    this.#present = present;
  }

  /** What lives there, by its present version. */
  live(path: RelativePath): KnownVersion | null {
    const now = this.presentName(path);
    if (this.#removed.has(now) || back(now, this.reversed) !== path) return null;
    const head = this.#present.head(now);
    return head === null || head.state.kind === 'tombstone' ? null : head;
  }

  children(folder: RelativePath): number {
    const now = this.presentName(folder);
    let count = this.#present.liveChildren(now) - (this.#removedIn.get(now) ?? 0) + (this.#putIn.get(folder) ?? 0);
    for (const moved of this.#moved) {
      const [was, is] = [parentOf(moved) === now, parentOf(back(moved, this.reversed)) === folder];
      if (was !== is && !this.#removed.has(moved)) count += is ? 1 : -1;
    }
    return count;
  }

  /** The name that something has now which will be at a path after the steps so far. */
  presentName(path: RelativePath): RelativePath {
    return this.reversed.origin(path, ({ lives }) => lives);
  }

  remove(path: RelativePath): void {
    if (this.#kinds.has(path)) this.#take(path);
    if (this.live(path) === null) return;
    const now = this.presentName(path);
    this.#removed.add(now);
    const folder = parentOf(now);
    if (folder !== null) this.#removedIn.set(folder, (this.#removedIn.get(folder) ?? 0) + 1);
  }

  /** True where nothing is any more, and where what was removed would be by now. */
  isFree(now: RelativePath, path: RelativePath): boolean {
    return this.#removed.has(now) && back(now, this.reversed) === path && this.kindAt(path) === null;
  }

  /** What was removed is not, so far. */
  keep(now: RelativePath): void {
    this.#removed.delete(now);
    const folder = parentOf(now);
    if (folder !== null) this.#removedIn.set(folder, (this.#removedIn.get(folder) ?? 0) - 1);
  }

  /** Something gets another name, and with it the folders that it needs. */
  move(reversed: ReversedMove): void {
    this.#addFolders(reversed.to);
    if (this.live(reversed.from) !== null) this.#moved.add(this.presentName(reversed.from));
    const { from, to } = reversed;
    const put = this.#putWithin(from);
    for (const [path] of put) this.#take(path);
    this.reversed.add(reversed);
    for (const [path, kind] of put) this.#add(rebase(path, from, to), kind);
  }

  /** The kind of what will be there; null for nothing. */
  kindAt(path: RelativePath): VersionState['kind'] | null {
    return this.#kinds.get(path) ?? this.live(path)?.state.kind ?? null;
  }

  wasPut(path: RelativePath): boolean {
    return this.#kinds.has(path);
  }

  /** Something gets a state back, and with it the folders that it needs. */
  put(path: RelativePath, kind: Entry['kind']): void {
    this.#addFolders(path);
    this.#add(path, kind);
  }

  #addFolders(path: RelativePath): void {
    for (const folder of ancestorsOf(path)) if (this.kindAt(folder) === null) this.#add(folder, 'dir');
  }

  #putWithin(folder: RelativePath): [RelativePath, Entry['kind']][] {
    if (!this.#kinds.has(folder) && !this.#around.has(folder)) return [];
    return [...this.#kinds].filter(([path]) => path === folder || isBelow(path, folder));
  }

  #take(path: RelativePath): void {
    this.#kinds.delete(path);
    const folder = parentOf(path);
    if (folder !== null && this.kindAt(path) === null) this.#putIn.set(folder, (this.#putIn.get(folder) ?? 0) - 1);
  }

  #add(path: RelativePath, kind: Entry['kind']): void {
    const folder = parentOf(path);
    if (folder !== null && this.kindAt(path) === null) this.#putIn.set(folder, (this.#putIn.get(folder) ?? 0) + 1);
    this.#kinds.set(path, kind);
    for (const above of ancestorsOf(path)) this.#around.add(above);
  }
}
