import { type FileEntry, type RelativePath, ancestorsOf, parentOf } from '@syncpair/contracts';
import { planPath, togetherBytes } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';
import { smallBytes } from '../transfer/small-bytes.ts';
import type { HeldNames } from './held-names.ts';
import { type PlannedApply, planApply } from './plan-actions.ts';
import { reopenHeldFolders } from './reopen-held-folders.ts';
import { seenHere } from './seen-here.ts';
import { settleHeld } from './settle-held.ts';
import { WaitingMoves } from './waiting-moves.ts';

/** Heads looked at in one page of the store. */
const PAGE = 500;
/** Heads applied in one request to the disk, which makes them durable together. */
const MOST_AT_ONCE = 500;
/** Bytes of small contents in memory for one batch. */
const MOST_BYTES_AT_ONCE = 16 * 1024 * 1024;

/** Heads that are applied together. */
export interface Batch {
  readonly kind: 'entries' | 'removals';
  readonly planned: readonly PlannedApply[];
}

/** A head whose content is fetched by itself. */
export interface LargeApply {
  readonly planned: PlannedApply;
  readonly entry: FileEntry;
}

/** Finds the heads of the server that can be applied now, and settles on the way those that need no work on the disk. */
export class HeadSelector {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #names: HeldNames;
  /** Renames that wait for a folder; what goes along with them waits, too. */
  #waitingMoves = new WaitingMoves([]);

  constructor(engine: Engine, scanner: Scanner, names: HeldNames) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.#names = names;
  }

  /** Small heads that can be applied together; null when there are none. What is to be there goes before what is to go. */
  entries(): Batch | null {
    this.#waitingMoves = new WaitingMoves(this.#engine.state.remote.moves());
    const planned = this.#selectEntries();
    return planned.length === 0 ? null : { kind: 'entries', planned };
  }

  /** Deletions that can be carried out together, once there are no entries that could take a content from there; null when there are none. */
  removals(): Batch | null {
    const planned = this.#selectRemovals();
    return planned.length === 0 ? null : { kind: 'removals', planned };
  }

  /** A large file, the smallest first, for which `fits`. */
  large(fits: (entry: FileEntry) => boolean): LargeApply | null {
    const small = smallBytes(this.#engine, 'download');
    for (const head of this.#engine.state.remote.largerThan(small, PAGE)) {
      const planned = this.#consider(head);
      if (planned?.need.kind !== 'content' || !isLarger(planned, small) || !this.#hasFolder(head.path, new Set())) continue;
      if (fits(planned.need.entry)) return { planned, entry: planned.need.entry };
    }
    return null;
  }

  /** Every head that can be applied now, deletions left out. What needs no work on disk is settled on the way. */
  *#eachEntry(): Generator<PlannedApply> {
    const { state, applying } = this.#engine;
    let after = '';
    for (let page = state.remote.entriesAfter(after, PAGE); page.length > 0; page = state.remote.entriesAfter(after, PAGE)) {
      for (const head of page) {
        after = head.path;
        if (applying.has(head.path)) continue;
        const planned = this.#consider(head);
        if (planned !== null) yield planned;
      }
    }
  }

  #selectEntries(): PlannedApply[] {
    const selected: PlannedApply[] = [];
    const made = new Set<RelativePath>();
    const mostBytes = togetherBytes(this.#engine.bandwidth?.limits().download ?? null, MOST_BYTES_AT_ONCE);
    const small = smallBytes(this.#engine, 'download');
    let bytes = 0;
    for (const planned of this.#eachEntry()) {
      if (isLarger(planned, small) || !this.#hasFolder(planned.head.path, made)) continue;
      if (planned.head.state.kind === 'dir') made.add(planned.head.path);
      selected.push(planned);
      bytes += planned.need.kind === 'content' ? planned.need.entry.size : 0;
      if (selected.length >= MOST_AT_ONCE || bytes >= mostBytes) break;
    }
    return selected;
  }

  /** What is in a folder before the folder. */
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
}

const isLarger = ({ need }: PlannedApply, bytes: number): boolean => need.kind === 'content' && need.entry.size > bytes;
