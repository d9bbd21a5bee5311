import { type RelativePath, isBelow, parentOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { BaseEntry } from '../state/base-store.ts';
import { BUSY_MS, type DirtyPaths, VANISHED_SETTLE_MS } from './dirty-paths.ts';
import type { FolderQueue } from './folder-queue.ts';

/**
 * Tells what is certainly gone. A path that cannot be found counts as deleted only after a complete listing of the folder it was in, a
 * moment later, under a root that was proven; whatever cannot be proven so is unknown.
 */
export class Absences {
  readonly #engine: Engine;
  readonly #dirty: DirtyPaths;
  readonly #folders: FolderQueue;
  /** Folders that could not be entered because they are gone or no folders any more; the listing above them proves it. */
  readonly #suspects = new Set<RelativePath>();

  /** When each path was last looked for in vain; monotonic milliseconds. */
  readonly #lookedAt = new Map<RelativePath, number>();

  constructor(engine: Engine, dirty: DirtyPaths, folders: FolderQueue) {
    this.#engine = engine;
    this.#dirty = dirty;
    this.#folders = folders;
  }

  /** How many paths were looked for in vain and are not known to be gone yet; some may be counted twice. */
  get size(): number {
    return this.#suspects.size + this.#lookedAt.size;
  }

  /** Those paths, in no order. */
  everyPath(): RelativePath[] {
    return [...this.#suspects, ...this.#lookedAt.keys()];
  }

  /** Nothing was found at a path. */
  vanished(path: RelativePath): void {
    const { state, changes, problems, pushing, clock } = this.#engine;
    const base = state.base.get(path);
    if (this.#mayBeFolder(path, base)) changes.forgetPutsUnder(path);
    changes.puts.delete(path);
    if (base === null || base.held) {
      problems.clear('scan', path);
      // Once the server has answered it is in the base, and gone.
      for (const sent of pushing) if (sent === path || isBelow(sent, path)) this.#dirty.wait(sent, clock.monotonic() + BUSY_MS);
      if (!state.base.hasAnyBelow(path)) return;
      this.#suspects.add(path);
    }
    this.#lookedAt.set(path, clock.monotonic());
    this.#listLater(parentOf(path), VANISHED_SETTLE_MS);
  }

  /**
   * True when a path has been gone for long enough: an editor that saves again and again takes its file away for a moment each time. The
   * time begins anew with every event there.
   */
  isLongGone(path: RelativePath): boolean {
    const now = this.#engine.clock.monotonic();
    const since = this.#lookedAt.get(path);
    if (since === undefined) this.#lookedAt.set(path, now);
    return since !== undefined && now - since >= VANISHED_SETTLE_MS;
  }

  /** A folder could not be entered. Whether it and all in it is gone, the listing of the folder above tells. */
  notEntered(folder: RelativePath | null): void {
    if (folder === null) return;
    this.#suspects.add(folder);
    this.vanished(folder);
    this.#listLater(parentOf(folder), VANISHED_SETTLE_MS);
  }

  /** Something lies at this path after all. @returns whether it could not be entered as a folder before */
  found(path: RelativePath): boolean {
    this.#lookedAt.delete(path);
    return this.#suspects.delete(path);
  }

  /** A folder was listed completely; `missing` is what the base has in it and the listing has not. */
  listed(folder: RelativePath | null, missing: ReadonlyMap<RelativePath, BaseEntry>): void {
    for (const base of missing.values()) this.#missing(base);
    for (const suspect of this.#suspects) {
      if (parentOf(suspect) !== folder || missing.has(suspect)) continue;
      this.#suspects.delete(suspect);
      this.contentsGone(suspect);
    }
  }

  #missing(base: BaseEntry): void {
    const { applying, changes, state, problems } = this.#engine;
    const { path } = base;
    this.#suspects.delete(path);
    if (base.held || changes.deletes.has(path)) return;
    const isFolder = base.state.kind === 'dir' || base.state.kind === 'tombstone';
    const isIgnored = this.#isIgnored(base);
    if (isIgnored && !isFolder) return;
    if (applying.has(path) || changes.isMoving(path)) {
      this.#listLater(parentOf(path), BUSY_MS);
      return;
    }
    if (!this.isLongGone(path)) {
      this.#listLater(parentOf(path), VANISHED_SETTLE_MS);
      return;
    }
    this.#lookedAt.delete(path);
    problems.clear('scan', path);
    // A folder whose own entry is ignored tells nothing by its absence; what was in it may take part, and is gone with it.
    if (isIgnored || base.state.kind === 'tombstone') state.base.remove(path);
    else this.#deleted(path);
    if (isFolder) this.contentsGone(path);
  }

  /** True when something in it may be known under a path that is no folder. */
  #mayBeFolder(path: RelativePath, base: BaseEntry | null): boolean {
    const { state, changes, pushing } = this.#engine;
    return (
      base?.state.kind === 'dir' ||
      base?.state.kind === 'tombstone' ||
      changes.puts.get(path)?.entry.kind === 'dir' ||
      pushing.has(path) ||
      state.base.hasAnyBelow(path)
    );
  }

  /** Something else than a folder lies at a path. */
  noFolder(path: RelativePath, base: BaseEntry | null): void {
    if (this.#mayBeFolder(path, base)) this.contentsGone(path);
  }

  /** There is certainly no such folder: whatever the base has in it is deleted. */
  contentsGone(folder: RelativePath): void {
    const { state, applying, changes, pushing, clock } = this.#engine;
    changes.forgetPutsUnder(folder);
    for (const sent of pushing) if (isBelow(sent, folder)) this.#dirty.wait(sent, clock.monotonic() + BUSY_MS);
    if (!state.base.hasAnyBelow(folder)) return;
    const gone: RelativePath[] = [];
    for (const base of state.base.under(folder)) {
      const { path } = base;
      const isIgnored = this.#isIgnored(base);
      if (base.held || (isIgnored && base.state.kind !== 'dir')) continue;
      if (applying.has(path) || changes.isMoving(path)) this.#dirty.wait(path, clock.monotonic() + BUSY_MS);
      else if (isIgnored || base.state.kind === 'tombstone') gone.push(path);
      else this.#deleted(path);
    }
    if (gone.length > 0) state.transaction(() => gone.forEach((path) => state.base.remove(path)));
  }

  /** A folder that the server does not have stayed for what was ignored in it, and that is gone too. */
  emptied(folder: RelativePath): void {
    const { state, wake } = this.#engine;
    const base = state.base.get(folder);
    if (base?.state.kind !== 'tombstone' || state.remote.get(folder) !== null) return;
    state.transaction(() => {
      state.base.put({ ...base, state: { kind: 'dir' } });
      state.remote.put({ path: folder, version: base.version, state: { kind: 'tombstone' }, movedFrom: null });
    });
    wake();
  }

  #deleted(path: RelativePath): void {
    const { state, changes, clock } = this.#engine;
    if (state.holds.has(path)) changes.puts.delete(path);
    else changes.remove(path, clock.monotonic());
  }

  #isIgnored({ path, state }: BaseEntry): boolean {
    return this.#engine.ignore.ignores(path, state.kind === 'tombstone' ? 'dir' : state.kind);
  }

  #listLater(folder: RelativePath | null, wait: number): void {
    this.#folders.add(folder, { due: this.#engine.clock.monotonic() + wait, deep: false });
  }
}
