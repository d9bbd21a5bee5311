import { type Entry, type RelativePath, type VersionState, sameContent } from '@syncpair/contracts';
import { OVERWRITES_FROM, guardOverwrites } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { DiskResult, ExpectedFile } from '../disk/disk.ts';
import type { LocalPut } from '../scan/local-changes.ts';
import type { Scanner } from '../scan/scanner.ts';

/** Milliseconds after all folders were listed in which what is in them should have been read. */
const LONGEST_READING_MS = 10_000;

/**
 * Holds the edits that the first look after a start finds, when it finds every file with another content: a restored backup, or a program
 * that encrypted everything. As soon as one file is as it was, edits go on at once, and so do all that are made while the client runs.
 */
export class OverwriteGuard {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  #looking: boolean;
  /** Monotonic milliseconds. */
  #listedAt: number | null = null;

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
    // What was not agreed on before the start cannot have been overwritten since. A join has nothing that could have been: what is different
    // on both sides are concurrent versions, which both stay.
    this.#looking = engine.config.hold !== 'off' && engine.state.base.hasLive(OVERWRITES_FROM);
  }

  /** Ends the first look where it is over and found nothing to hold, so that no later edit is judged by it. */
  look(): void {
    if (!this.#looking) return;
    const { firstLook } = this.#engine;
    const isOver = firstLook.foundUnchanged || this.#isLookedAt();
    if (!isOver) return;
    if (!firstLook.foundUnchanged && this.#overwritten().length > 0) return;
    this.#looking = false;
    firstLook.isAwaited = false;
  }

  /** Whether a change that was seen on the disk may go out now. */
  mayPass(path: RelativePath, put: LocalPut): boolean {
    const { state } = this.#engine;
    if (state.holds.putStamp(path) === put.stamp) return false;
    if (!this.#looking || !isOverwrite(state.base.get(path)?.state, put.entry)) return true;
    this.#judge();
    this.#engine.firstLook.isAwaited = this.#looking;
    return !this.#looking && state.holds.putStamp(path) === undefined;
  }

  /** Whether bytes of a file that is being read may go out before all of it is known. Of an edit that may come to be held nothing does. */
  mayBeSentWhileRead({ path, stamp }: ExpectedFile): boolean {
    const { state, firstLook } = this.#engine;
    if (state.holds.putStamp(path) === stamp) return false;
    return !this.#looking || firstLook.foundUnchanged || state.base.get(path)?.state.kind !== 'file';
  }

  #judge(): void {
    const { state, changes, config, firstLook } = this.#engine;
    if (firstLook.foundUnchanged) this.#looking = false;
    if (!this.#looking || !this.#isLookedAt()) return;
    this.#looking = false;
    let known = 0;
    for (const base of state.base.all()) if (base.state.kind === 'file' && base.stamp !== null && !changes.deletes.has(base.path)) known++;
    const overwritten = this.#overwritten();
    const reason = guardOverwrites({ known, changed: overwritten.length }, config.hold);
    if (reason !== null) this.#hold(overwritten, reason, known);
  }

  #overwritten(): [RelativePath, LocalPut][] {
    const { state, changes } = this.#engine;
    return [...changes.puts].filter(([path, { entry }]) => isOverwrite(state.base.get(path)?.state, entry));
  }

  /** Every folder was listed, and what was found in them was read; or nearly, where some file never stays the same for long enough. */
  #isLookedAt(): boolean {
    const now = this.#engine.clock.monotonic();
    if (!this.#scanner.complete) return false;
    this.#listedAt ??= now;
    return this.#scanner.idle || now - this.#listedAt >= LONGEST_READING_MS;
  }

  #hold(overwritten: readonly (readonly [RelativePath, LocalPut])[], reason: string, live: number): void {
    const { state, changes, clock, log, config, newId, wake } = this.#engine;
    const id = `h${newId()}`;
    state.transaction(() => {
      state.holds.create({ id, reason, live, since: new Date(clock.wall()).toISOString() });
      for (const [path, { stamp }] of overwritten) state.holds.addPut(id, path, stamp);
    });
    for (const [path] of overwritten) changes.puts.delete(path);
    log.warn(
      `changed files are held in ${config.name}: ${reason}. Nothing of it was sent. Let them go on with "syncpair holds approve ${id}", or get the server's versions back with "syncpair holds reject ${id}"`,
    );
    wake();
  }

  /** The changed files go on. */
  approve(id: string): void {
    const { state } = this.#engine;
    const puts = state.holds.puts(id);
    state.transaction(() => state.holds.end(id));
    for (const { path } of puts) this.#scanner.look(path);
    this.#engine.wake();
  }

  /** Brings the server's versions back; what lay here goes to the trash, where it stays while the server does not have it. */
  async reject(id: string): Promise<void> {
    const { state, disk, applying, clock, wake } = this.#engine;
    const puts = state.holds.puts(id);
    const keep = { reason: `hold ${id} was rejected`, at: new Date(clock.wall()).toISOString() };
    for (const { path } of puts) applying.add(path);
    try {
      const results = await disk.apply(puts.map(({ path, stamp }) => ({ op: 'remove', path, expected: { stamp }, keep })));
      state.transaction(() => {
        for (const [index, { path }] of puts.entries()) this.#restore(path, results[index] as DiskResult);
        state.holds.end(id);
      });
    } finally {
      for (const { path } of puts) applying.delete(path);
      for (const { path } of puts) this.#scanner.look(path);
      wake();
    }
  }

  /** Where something else lies by now, that is an edit like any other. */
  #restore(path: RelativePath, result: DiskResult): void {
    const { state, problems, clock } = this.#engine;
    if (result.status === 'problem') problems.report('apply', path, result.problem.code, result.problem.message, clock.monotonic());
    const base = state.base.get(path);
    if (result.status !== 'done' || base === null) return;
    state.base.remove(path);
    state.remote.learn({ path, version: base.version, state: base.state });
  }
}

const isOverwrite = (base: VersionState | undefined, entry: Entry): boolean => base?.kind === 'file' && !sameContent(base, entry);
