import type { ContentHash, FileEntry, RelativePath, VersionState } from '@syncpair/contracts';
import { judgeAfterCut, pageSources } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { fileEntry, linkEntry } from '../diff/compare.ts';
import { DiskProblem } from '../disk/disk.ts';
import type { Observed } from '../disk/observed.ts';
import { pull } from '../negotiate/negotiator.ts';
import { cancelMoves } from '../negotiate/cancel-moves.ts';
import type { Scanner } from '../scan/scanner.ts';
import { agreedContent } from './agreed-content.ts';
import { missesOnlyPages } from './misses-only-pages.ts';
import { type Suspect, UNCERTAIN_MS, suspectsOf } from './suspects.ts';

/** Paths looked at in one request to the disk. */
const MOST_AT_ONCE = 200;

const NOTHING: VersionState = { kind: 'tombstone' };

/** Something that has to be made again what was agreed on. */
interface Forgotten {
  readonly suspect: Suspect;
  /** Null where nothing lies. */
  readonly found: { readonly observed: Observed; readonly state: VersionState } | null;
}

/**
 * The look at a folder after a power cut, before anything in it counts as an edit or a deletion: what the machine did not get onto its disk is
 * fetched again. It needs the server, which alone knows what this client said last.
 */
export class CutReview {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  #done: (() => void) | null;

  /** `done` is called once nothing is uncertain any more; null: there was no power cut. */
  constructor(engine: Engine, scanner: Scanner, done: (() => void) | null) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.#done = done;
    engine.afterCut = done !== null;
  }

  /** True from the start until everything uncertain was looked at. */
  get wanted(): boolean {
    return this.#done !== null;
  }

  /** A folder that is merged anew agrees on nothing: there is nothing to look at. */
  skip(): void {
    this.#done?.();
    this.#done = null;
    this.#engine.afterCut = false;
  }

  /** Looks at everything uncertain, then lets the scan begin. @throws {ServerError} when there is no answer: it stays wanted */
  async run(): Promise<void> {
    const { log, config } = this.#engine;
    await pull(this.#engine);
    const suspects = suspectsOf(this.#engine);
    let forgotten = 0;
    for (let first = 0; first < suspects.length; first += MOST_AT_ONCE) {
      const found = await this.#lookAt(suspects.slice(first, first + MOST_AT_ONCE));
      this.#fetchAgain(found);
      forgotten += found.length;
    }
    log.info(
      `${config.name}: the machine went down while this folder was kept in sync; ${suspects.length} recent paths were looked at, ${forgotten} of them were not all on the disk`,
    );
    this.skip();
    this.#scanner.scanAnew();
    this.#engine.wake();
  }

  /** Forgets what is old enough to be on the disk; the state stays small. */
  forgetOld(): void {
    const { state, clock } = this.#engine;
    if (!this.wanted) state.earlier.forgetBefore(clock.wall() - UNCERTAIN_MS);
  }

  async #lookAt(suspects: readonly Suspect[]): Promise<Forgotten[]> {
    const observed = await this.#engine.disk.stat(suspects.map(({ path }) => path));
    const forgotten: Forgotten[] = [];
    for (const [index, suspect] of suspects.entries()) {
      const found = await this.#read(suspect, observed[index] ?? null);
      // What cannot be read is unknown; the scan reports it.
      if (found === 'unknown') continue;
      if (await this.#isForgotten(suspect, found)) forgotten.push({ suspect, found });
    }
    return forgotten;
  }

  async #read({ path }: Suspect, observed: Observed | null | DiskProblem): Promise<Forgotten['found'] | 'unknown'> {
    if (observed === null) return null;
    if (observed instanceof DiskProblem || observed.kind === 'special') return 'unknown';
    if (observed.kind === 'dir') return { observed, state: { kind: 'dir' } };
    if (observed.kind === 'link') return { observed, state: linkEntry(observed, null) };
    const [hash] = await this.#engine.disk.hash([{ path, stamp: observed.stamp }]);
    if (hash === undefined || hash === 'changed' || hash instanceof DiskProblem) return 'unknown';
    return { observed, state: fileEntry(observed, hash satisfies ContentHash, null) };
  }

  async #isForgotten(suspect: Suspect, found: Forgotten['found']): Promise<boolean> {
    const state = found?.state ?? NOTHING;
    const known = { agreed: suspect.agreed.state, applied: suspect.applied, earlier: suspect.earlier };
    const first = judgeAfterCut({ state, pages: 'unread' }, known);
    if (first !== 'compare') return first === 'fetch_again';
    const pages = (await this.#holdsPagesOf(suspect.path, pageSources(state, known))) ? 'known' : 'foreign';
    return judgeAfterCut({ state, pages }, known) === 'fetch_again';
  }

  async #holdsPagesOf(path: RelativePath, sources: readonly FileEntry[]): Promise<boolean> {
    for (const source of sources) {
      const content = await agreedContent(this.#engine, source);
      if (content === null) continue;
      const found = await this.#engine.disk.openRead(path, 0);
      if (!(found instanceof DiskProblem) && (await missesOnlyPages(found, content))) return true;
    }
    return false;
  }

  /** The base says what really lies there, so that applying what was agreed on replaces just that and nothing newer. */
  #fetchAgain(forgotten: readonly Forgotten[]): void {
    const { state, changes, log, config } = this.#engine;
    state.transaction(() => {
      for (const { suspect, found } of forgotten) {
        const { path } = suspect;
        const agreed = this.#agreedNow(suspect);
        if (found === null && agreed.state.kind === 'tombstone') continue;
        log.warn(`${config.name}: ${path} is not what it was before the machine went down; it is fetched again`);
        changes.forget(path);
        // A rename would carry along what is to be fetched again, and count it as right.
        cancelMoves(state, path);
        if (found === null) state.base.remove(path);
        else {
          const { stamp, inode } = found.observed;
          state.base.put({ path, version: agreed.version, state: found.state, held: false, stamp, inode });
        }
        state.remote.learn({ path, ...agreed });
      }
    });
  }

  /** What is to be there by now: while the disk was looked at, the server may have told that it is gone. */
  #agreedNow({ path, agreed }: Suspect): Suspect['agreed'] {
    const { base, remote } = this.#engine.state;
    return base.get(path) === null && remote.get(path) === null ? { ...agreed, state: { kind: 'tombstone' } } : agreed;
  }
}
