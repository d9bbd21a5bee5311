import { type ContentHash, type FileEntry, type RelativePath, ancestorsOf, parentOf } from '@syncpair/contracts';
import { planPath } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { DiskAction, DiskResult } from '../disk/disk.ts';
import { type DiskProblem, StagingError } from '../disk/disk.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';
import { ContentError } from '../transfer/content-error.ts';
import { downloadLarge } from '../transfer/download-large.ts';
import { fetchSmall } from '../transfer/fetch-small.ts';
import { forgetManifests } from '../transfer/forget-manifests.ts';
import { MAX_SMALL_BYTES, isLarge } from '../transfer/upload.ts';
import { HeldNames } from './held-names.ts';
import { MoveApplier } from './move-applier.ts';
import { type PlannedApply, planApply, toActions } from './plan-actions.ts';
import { reopenHeldFolders } from './reopen-held-folders.ts';
import { seenHere } from './seen-here.ts';
import { settleHeld } from './settle-held.ts';
import { WaitingMoves } from './waiting-moves.ts';

/** Heads looked at in one page of the store. */
const PAGE = 500;
/** Heads applied in one request to the disk, which makes them durable together. */
const MOST_AT_ONCE = 500;
/** Tries to empty a folder that holds something unknown, while it may still be found to be new. */
const TRIES_BEFORE_KEPT = 3;
/** Tries against a disk that is not as the base says, before it is told as a problem. */
const TRIES_BEFORE_TOLD = 8;
/** Bytes of small contents in memory for one batch. */
const MOST_BYTES_AT_ONCE = 16 * 1024 * 1024;

/**
 * Makes the disk say what the server's heads say. Every action names what must lie at the path: something else that lies there is a local
 * change, which goes to the server first. What really happened is recorded, never what was planned.
 */
export class Applier {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #moves: MoveApplier;
  readonly #names: HeldNames;
  /** Large contents on their way: two downloads of one would write to the same staged file, and the second to what has a name by then. */
  readonly #downloading = new Set<ContentHash>();
  /** Renames that wait for a folder; what goes along with them waits, too. */
  #waitingMoves = new WaitingMoves([]);

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.#names = new HeldNames(engine);
    this.#moves = new MoveApplier(engine, scanner, this.#names);
  }

  /** Applies a batch of moves, or one of small heads. @returns false when there was nothing to do */
  async step(): Promise<boolean> {
    // Before everything was looked at once, what lies at a path is not known well enough to replace it.
    if (!this.#scanner.complete) return false;
    this.#names.begin();
    if (await this.#moves.step()) return true;
    this.#waitingMoves = new WaitingMoves(this.#engine.state.remote.moves());
    return (await this.#applyBatch(this.#selectEntries())) || (await this.#applyBatch(this.#selectRemovals()));
  }

  /** Applies one large file. */
  async stepLarge(): Promise<boolean> {
    if (!this.#scanner.complete || this.#engine.state.remote.moves(1).length > 0) return false;
    for (const head of this.#engine.state.remote.largerThan(MAX_SMALL_BYTES, PAGE)) {
      const planned = this.#consider(head);
      if (planned?.need.kind !== 'content' || !needsLarge(planned) || !this.#hasFolder(head.path, new Set())) continue;
      if (this.#downloading.has(planned.need.entry.hash)) continue;
      await this.#applyLarge(planned, planned.need.entry);
      return true;
    }
    return false;
  }

  /** When a head that met a problem is tried again; monotonic milliseconds. */
  nextDue(): number | null {
    const [problem, held] = [this.#engine.problems.nextDue('apply'), this.#names.nextDue()];
    return problem === null || (held !== null && held < problem) ? held : problem;
  }

  /** Every head that can be applied now, deletions left out. What needs no work on disk is settled on the way. */
  *#eachEntry(): Generator<PlannedApply> {
    const { state } = this.#engine;
    let after = '';
    for (let page = state.remote.entriesAfter(after, PAGE); page.length > 0; page = state.remote.entriesAfter(after, PAGE)) {
      for (const head of page) {
        after = head.path;
        const planned = this.#consider(head);
        if (planned !== null) yield planned;
      }
    }
  }

  #selectEntries(): PlannedApply[] {
    const selected: PlannedApply[] = [];
    const made = new Set<RelativePath>();
    let bytes = 0;
    for (const planned of this.#eachEntry()) {
      if (needsLarge(planned) || !this.#hasFolder(planned.head.path, made)) continue;
      if (planned.head.state.kind === 'dir') made.add(planned.head.path);
      selected.push(planned);
      bytes += planned.need.kind === 'content' ? planned.need.entry.size : 0;
      if (selected.length >= MOST_AT_ONCE || bytes >= MOST_BYTES_AT_ONCE) break;
    }
    return selected;
  }

  /** Deletions, what is in a folder before the folder; only once nothing else waits that could take a content from there. */
  #selectRemovals(): PlannedApply[] {
    const { state } = this.#engine;
    const selected: PlannedApply[] = [];
    let before: string | null = null;
    for (let page = state.remote.tombstonesBefore(before, PAGE); page.length > 0; page = state.remote.tombstonesBefore(before, PAGE)) {
      for (const head of page) {
        before = head.path;
        const planned = this.#consider(head);
        if (planned !== null) selected.push(planned);
        if (selected.length >= MOST_AT_ONCE) return selected;
      }
    }
    return selected;
  }

  /** What is to be done for a head, or null when nothing can be done now. */
  #consider(head: RemoteHead): PlannedApply | null {
    const { state, changes, pushing, applying, problems, clock, ignore } = this.#engine;
    const { path } = head;
    if (settleHeld(this.#engine, head) || state.holds.putStamp(path) !== undefined) return null;
    if (pushing.has(path) || applying.has(path) || changes.has(path) || changes.isMoving(path)) return null;
    if (!problems.mayTry('apply', path, clock.monotonic()) || this.#scanner.isLooking(path)) return null;
    if (this.#waitingMoves.carry(head)) return null;
    const base = state.base.get(path);
    const seen = seenHere(head, base, ignore);
    if (seen === null) {
      state.remote.remove(path);
      return null;
    }
    const step = planPath(base, { kind: 'unchanged' }, seen);
    if (step.step === 'adopt' || step.step === 'forget' || step.step === 'nothing') {
      state.remote.remove(path, seen.version);
      problems.clear('apply', path);
      return null;
    }
    if (!this.#platformHolds(seen)) return null;
    if (seen.state.kind !== 'tombstone' && reopenHeldFolders(this.#engine, path)) return null;
    if (seen.state.kind !== 'dir' && this.#isFilled(path, base)) return null;
    return planApply(seen, base, seen.movedFrom === null ? null : state.base.get(seen.movedFrom));
  }

  /** True while the server's deletions of what the base has in a folder are not all carried out: the folder goes after them. */
  #isFilled(path: RelativePath, base: BaseEntry | null): boolean {
    if (base?.state.kind !== 'dir') return false;
    const { state, ignore } = this.#engine;
    return state.base.children(path).some(({ path: child, state: { kind } }) => kind !== 'tombstone' && !ignore.ignores(child, kind));
  }

  /** A name that this platform cannot hold stays in the base only: its absence here is never a change. */
  #platformHolds(head: RemoteHead): boolean {
    const { state, problems } = this.#engine;
    if (head.state.kind === 'tombstone') {
      const base = state.base.get(head.path);
      if (base === null || !base.held) return true;
      state.transaction(() => {
        state.base.remove(head.path);
        state.remote.remove(head.path, head.version);
      });
      problems.clear('apply', head.path);
      return false;
    }
    const reason = this.#names.why(head.path);
    if (reason === null) this.#names.take(head.path);
    else this.#names.hold(head, reason);
    return reason === null;
  }

  /** `known`: folders that are certainly there or made before; a found one is added. */
  #hasFolder(path: RelativePath, known: Set<RelativePath>): boolean {
    const folder = parentOf(path);
    if (folder === null || known.has(folder)) return true;
    const { state, ignore, changes } = this.#engine;
    // A folder that is gone or no folder any more, and that the server still has to hear of, is not filled before it has answered.
    for (const above of ancestorsOf(path))
      if (!known.has(above) && changes.has(above) && changes.puts.get(above)?.entry.kind !== 'dir') return false;
    // The folder's own entry may be ignored, where what is in it is not: it is made as a plain parent.
    if (state.base.get(folder)?.state.kind !== 'dir' && !ignore.ignores(folder, 'dir')) return false;
    known.add(folder);
    return true;
  }

  async #applyBatch(planned: readonly PlannedApply[]): Promise<boolean> {
    if (planned.length === 0) return false;
    const { applying } = this.#engine;
    for (const { head } of planned) applying.add(head.path);
    try {
      const wanted = new Set(planned.flatMap(({ need }) => (need.kind === 'content' ? [need.entry.hash] : [])));
      const contents = await fetchSmall(this.#engine, wanted);
      const ready = planned.filter((one) => this.#hasContent(one, contents));
      await this.#carryOut(ready, ({ need }) => {
        if (need.kind === 'none') return null;
        if (need.kind === 'copy') return { copyOf: need.from, hash: need.entry.hash };
        return { bytes: contents.get(need.entry.hash) as Uint8Array };
      });
      for (const hash of wanted) this.#engine.contents.drop(hash);
    } finally {
      for (const { head } of planned) applying.delete(head.path);
      this.#engine.wake();
    }
    return true;
  }

  #hasContent({ head, need }: PlannedApply, contents: ReadonlyMap<ContentHash, Uint8Array>): boolean {
    if (need.kind !== 'content' || contents.has(need.entry.hash)) return true;
    this.#problem(head.path, 'content_missing', 'the server does not have the content of this version');
    return false;
  }

  async #applyLarge(planned: PlannedApply, entry: FileEntry): Promise<void> {
    const { applying } = this.#engine;
    const { path } = planned.head;
    const { hash } = entry;
    applying.add(path);
    this.#downloading.add(hash);
    try {
      await this.#engine.staging.take(hash, async () => {
        await downloadLarge(this.#engine, entry, planned.base);
        await this.#carryOut([planned], () => ({ staged: hash }));
      });
      forgetManifests(this.#engine);
    } catch (error) {
      if (error instanceof ContentError) this.#problem(path, 'content_missing', error.message);
      else if (error instanceof StagingError) this.#problem(path, error.problem.code, error.problem.message);
      else throw error;
    } finally {
      applying.delete(path);
      this.#downloading.delete(hash);
      this.#engine.wake();
    }
  }

  /** Sends the actions to the disk and records each one's result. */
  async #carryOut(
    planned: readonly PlannedApply[],
    contentOf: (one: PlannedApply) => Extract<DiskAction, { op: 'file' }>['content'] | null,
  ): Promise<void> {
    const { state, disk } = this.#engine;
    const grouped = planned.map((one) => toActions(one, contentOf(one)));
    const plain = this.#plainParents(planned);
    const results = await disk.apply([...plain, ...grouped.flat()]);
    let next = plain.length;
    state.transaction(() => {
      for (const [index, one] of planned.entries()) {
        const own = results.slice(next, (next += (grouped[index] as DiskAction[]).length));
        this.#record(one, own.find(({ status }) => status !== 'done') ?? (own.at(-1) as DiskResult));
      }
    });
  }

  /** Folders whose own entry is ignored, but which a child needs. */
  #plainParents(planned: readonly PlannedApply[]): DiskAction[] {
    const { state, ignore } = this.#engine;
    const folders = new Set<RelativePath>();
    for (const { head } of planned) {
      if (head.state.kind === 'tombstone') continue;
      for (const folder of ancestorsOf(head.path))
        if (ignore.ignores(folder, 'dir') && state.base.get(folder) === null) folders.add(folder);
    }
    return [...folders].map((path) => ({ op: 'dir', path, expected: 'absent' }));
  }

  #record({ head, base, need }: PlannedApply, result: DiskResult): void {
    const { state, problems, log } = this.#engine;
    const { path, version } = head;
    switch (result.status) {
      case 'done':
        if (result.rescued !== undefined)
          log.warn(`${path} was written at the moment it was replaced; those bytes are kept as ${result.rescued}`);
        if (result.observed === null) state.base.remove(path);
        else state.base.put({ path, version, state: head.state, held: false, stamp: result.observed.stamp, inode: result.observed.inode });
        state.remote.remove(path, version);
        problems.clear('apply', path);
        log.debug(
          head.state.kind === 'tombstone' ? `✓ Deleted: ${path}` : need.kind === 'none' ? `✓ Updated: ${path}` : `✓ Downloaded: ${path}`,
        );
        return;
      case 'changed':
        this.#lookFirst(path, 'changed_here', 'it changed here while the server’s version was about to be applied');
        return;
      case 'not_empty':
        this.#notEmpty(head, base);
        return;
      case 'problem':
        this.#notApplied(head, need, result.problem);
    }
  }

  /** Something lies in the folder that the base does not know: if it is new, it will bring the folder back on the server. */
  #notEmpty(head: RemoteHead, base: BaseEntry | null): void {
    const { state, problems, clock } = this.#engine;
    const { path, version } = head;
    this.#scanner.scanFolder(path, true);
    if (problems.tries('apply', path) < TRIES_BEFORE_KEPT) {
      problems.pause('apply', path, clock.monotonic());
      return;
    }
    if (head.state.kind !== 'tombstone') {
      this.#problem(path, 'folder_in_the_way', 'a folder with files that are not synchronised stands where the server has something else');
      return;
    }
    // What is ignored keeps the folder here, which the server does not have.
    if (base !== null) state.base.put({ ...base, version, state: { kind: 'tombstone' } });
    state.remote.remove(path, version);
    problems.clear('apply', path);
  }

  #notApplied(head: RemoteHead, need: PlannedApply['need'], { code, message }: DiskProblem): void {
    const { path } = head;
    // The file that was to be copied is not the one it was: the content comes from the server instead.
    if (need.kind === 'copy' && code === 'source_changed') {
      this.#engine.state.remote.put({ ...head, movedFrom: null });
      return;
    }
    const folder = parentOf(path);
    if (folder !== null && (code === 'ENOENT' || code === 'not_a_folder')) {
      this.#scanner.look(folder);
      this.#lookFirst(path, code, message);
    } else this.#problem(path, code, message);
  }

  /**
   * The disk is not as the base says: a local change that was not seen yet. The head waits for a look at it, and counts as a problem only
   * when looking again and again changes nothing.
   */
  #lookFirst(path: RelativePath, code: string, message: string): void {
    const { problems, clock } = this.#engine;
    this.#scanner.look(path);
    if (problems.tries('apply', path) < TRIES_BEFORE_TOLD) problems.pause('apply', path, clock.monotonic());
    else this.#problem(path, code, message);
  }

  #problem(path: RelativePath, code: string, message: string): void {
    this.#engine.problems.report('apply', path, code, message, this.#engine.clock.monotonic());
  }
}

const needsLarge = ({ need }: PlannedApply): boolean => need.kind === 'content' && isLarge(need.entry.size);
