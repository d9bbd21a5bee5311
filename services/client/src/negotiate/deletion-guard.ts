import { type ContentHash, type RelativePath, ancestorsOf } from '@syncpair/contracts';
import { DELETION_WINDOW_MS, guardDeletions } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';

/** How many contents are remembered as "sent under some name a moment ago". */
const MOST_REMEMBERED = 10_000;

/** Lets deletions pass or holds them, counted over a sliding window. */
export class DeletionGuard {
  readonly #engine: Engine;
  readonly #window: { at: number; count: number; liveBefore: number }[] = [];
  readonly #cleared = new Set<RelativePath>();
  /** Where each content was last sent under. */
  readonly #sentAs = new Map<ContentHash, RelativePath>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A content was sent to the server under this path: a deletion of the same content elsewhere may be a move. */
  sent(hash: ContentHash, path: RelativePath): void {
    this.#sentAs.delete(hash);
    this.#sentAs.set(hash, path);
    for (const oldest of this.#sentAs.keys()) {
      if (this.#sentAs.size <= MOST_REMEMBERED) break;
      this.#sentAs.delete(oldest);
    }
  }

  /** Whether a collected deletion may go out. */
  mayPass(path: RelativePath): boolean {
    return this.#cleared.has(path);
  }

  /** The deletion went out, or the path is back. */
  done(path: RelativePath): void {
    this.#cleared.delete(path);
  }

  /** Judges the collected deletions that were not judged yet, all together. */
  judge(): void {
    const { changes, state, clock, config, log } = this.#engine;
    const waiting = [...changes.deletes].filter((path) => !this.#cleared.has(path));
    if (waiting.length === 0) return;
    const now = clock.monotonic();
    while ((this.#window[0]?.at ?? now) < now - DELETION_WINDOW_MS) this.#window.shift();
    const arriving = new Set([...changes.puts.values()].flatMap(({ entry }) => (entry.kind === 'file' ? [entry.hash] : [])));
    const counted = waiting.filter((path) => this.#counts(path, arriving)).length;
    const live = state.base.countLive();
    const passed = this.#window.reduce((sum, { count }) => sum + count, 0);
    const reason = guardDeletions(
      { liveAtStart: Math.max(this.#window[0]?.liveBefore ?? live, live + passed), passed },
      counted,
      config.hold,
    );
    if (counted > 0) this.#window.push({ at: now, count: counted, liveBefore: live });
    if (reason === null) {
      const held = this.#holdFolders(waiting);
      for (const path of waiting) if (!held.has(path)) this.#cleared.add(path);
      return;
    }
    this.#hold(waiting, reason, live);
    log.warn(
      `deletions are held in ${config.name}: ${reason}. Nothing was deleted anywhere else. Let them happen with "syncpair holds approve", or bring the files back with "syncpair holds reject"`,
    );
  }

  /** False for a content that lives on under another name (its path was moved, not deleted), and for what lay in a folder that changed its kind. */
  #counts(path: RelativePath, arriving: ReadonlySet<ContentHash>): boolean {
    const { state, changes } = this.#engine;
    const entry = state.base.get(path)?.state;
    if (entry?.kind !== 'file') return entry?.kind === 'link';
    if (arriving.has(entry.hash)) return false;
    if (ancestorsOf(path).some((folder) => (changes.puts.get(folder)?.entry.kind ?? 'dir') !== 'dir')) return false;
    const other = this.#sentAs.get(entry.hash);
    if (other !== undefined && other !== path && !changes.deletes.has(other)) {
      const there = state.base.get(other)?.state;
      if (there?.kind === 'file' && there.hash === entry.hash) return false;
    }
    return true;
  }

  /** A folder that is found missing later than what was in it waits with that. @returns those that do */
  #holdFolders(waiting: readonly RelativePath[]): ReadonlySet<RelativePath> {
    const { state, changes } = this.#engine;
    const id = state.holds.current();
    if (id === null) return new Set();
    const above = new Set(state.holds.paths(id).flatMap((path) => ancestorsOf(path)));
    const folders = waiting.filter((path) => above.has(path) && state.base.get(path)?.state.kind === 'dir');
    if (folders.length === 0) return new Set();
    state.transaction(() => state.holds.add(id, folders));
    for (const path of folders) changes.deletes.delete(path);
    this.#engine.wake();
    return new Set(folders);
  }

  #hold(paths: readonly RelativePath[], reason: string, live: number): void {
    const { state, clock, changes } = this.#engine;
    state.transaction(() => {
      let id = state.holds.current();
      if (id === null) {
        id = `h${this.#engine.newId()}`;
        state.holds.create({ id, reason, live, since: new Date(clock.wall()).toISOString() });
      }
      state.holds.add(id, paths);
    });
    for (const path of paths) changes.deletes.delete(path);
    // The others are told at once.
    this.#engine.wake();
  }

  /** A person has looked at what this client deleted: counting begins anew. */
  beginAnew(): void {
    this.#window.length = 0;
  }

  /** Deletions that came after a decision, of which it knows nothing, wait in a hold of their own. */
  holdAgain(id: string, paths: readonly RelativePath[]): void {
    const { state, newId } = this.#engine;
    const hold = state.holds.get(id);
    if (hold === null) return;
    state.transaction(() => {
      for (const path of paths) state.holds.release(path, false);
      const again = `h${newId()}`;
      state.holds.create({ ...hold, id: again });
      state.holds.add(again, paths);
    });
  }

  /** Lets the deletions of a hold happen: a person has looked, and counting begins anew. @returns how many */
  approve(id: string): number {
    const { state, changes, clock } = this.#engine;
    const paths = state.holds.paths(id);
    state.transaction(() => state.holds.end(id));
    this.#window.length = 0;
    for (const path of paths) {
      this.#cleared.add(path);
      changes.remove(path, clock.monotonic());
    }
    this.#engine.wake();
    return paths.length;
  }

  /** Brings the files of a hold back: the base forgets them, so that the server's heads are applied again. @returns how many */
  reject(id: string): number {
    const { state } = this.#engine;
    const paths = state.holds.paths(id);
    state.transaction(() => {
      for (const path of paths) {
        const base = state.base.get(path);
        if (base === null) continue;
        state.base.remove(path);
        state.remote.learn({ path, version: base.version, state: base.state });
      }
      state.holds.end(id);
    });
    this.#window.length = 0;
    this.#engine.wake();
    return paths.length;
  }
}
