import { type Entry, MAX_CHANGES_PER_REQUEST, type RelativePath, ancestorsOf, sameState } from '@syncpair/contracts';
import { planPath, togetherBytes } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { LocalPut } from '../scan/local-changes.ts';
import type { Scanner } from '../scan/scanner.ts';
import { smallBytes } from '../transfer/small-bytes.ts';
import { MAX_SMALL_BYTES } from '../transfer/upload.ts';
import type { DeletionGuard } from './deletion-guard.ts';
import type { Outbox } from './outbox.ts';
import type { OverwriteGuard } from './overwrite-guard.ts';
import type { Proposal } from './record-outcome.ts';

/** Bytes of small files proposed together, so that a batch is soon done and what is saved meanwhile goes with the next. */
const MOST_BYTES_PER_BATCH = 16 * 1024 * 1024;
/** Milliseconds that deletions wait for folders to be read, in which what seems deleted may lie under another name. */
const LONGEST_LISTING_MS = 30_000;

interface SelectorParts {
  readonly scanner: Scanner;
  readonly guard: DeletionGuard;
  readonly overwrites: OverwriteGuard;
  readonly outbox: Outbox;
}

/** Chooses what can be proposed now of what changed here, and settles on the way what needs no word to the server. */
export class ProposalSelector {
  readonly #engine: Engine;
  readonly #parts: SelectorParts;

  constructor(engine: Engine, parts: SelectorParts) {
    this.#engine = engine;
    this.#parts = parts;
  }

  /** One request of small changes; empty when there is nothing to send. */
  together(): Proposal[] {
    this.#parts.overwrites.look();
    const proposals = this.#selectPuts(this.#putsThatTravel('together'), MAX_CHANGES_PER_REQUEST);
    proposals.push(...this.#selectDeletes(MAX_CHANGES_PER_REQUEST - proposals.length));
    return proposals;
  }

  /** One large file; empty when there is none. */
  alone(): Proposal[] {
    return this.#selectPuts(this.#putsThatTravel('alone'), 1);
  }

  /** The paths of what is to be put, in no order. */
  #putsThatTravel(how: 'together' | 'alone'): RelativePath[] {
    const { puts } = this.#engine.changes;
    const small = smallBytes(this.#engine, 'upload');
    const isAlone = ([, { entry }]: [RelativePath, LocalPut]): boolean => sizeOf(entry) > small;
    // The lanes of large files ask at each wake, among thousands of small ones: without a limit they need not look at all of them.
    if (small < MAX_SMALL_BYTES) return [...puts].filter((put) => isAlone(put) === (how === 'alone')).map(([path]) => path);
    return how === 'alone' ? [...puts.large] : [...puts.keys()].filter((path) => !puts.large.has(path));
  }

  /** Of the puts at `paths` those that can go now, in the order of their paths. */
  #selectPuts(paths: RelativePath[], limit: number): Proposal[] {
    const { changes, state, problems, clock, bandwidth } = this.#engine;
    const now = clock.monotonic();
    const mostBytes = togetherBytes(bandwidth?.limits().upload ?? null, MOST_BYTES_PER_BATCH);
    const proposals: Proposal[] = [];
    let bytes = 0;
    for (const path of paths.sort()) {
      const put = changes.puts.get(path);
      if (put === undefined) continue;
      if (proposals.length >= limit || bytes >= mostBytes) break;
      const size = sizeOf(put.entry);
      if (this.#isTaken(path) || !problems.mayTry('push', path, now)) continue;
      const base = state.base.get(path);
      const step = planPath(base, { kind: 'changed', entry: put.entry }, state.remote.get(path));
      if (step.step === 'adopt') this.#adopt(path, put);
      if (step.step !== 'propose_put' || !this.#parts.overwrites.mayPass(path, put)) continue;
      if (base?.state.kind === 'dir' && put.entry.kind !== 'dir' && !this.#emptyFolder(path, proposals, limit - proposals.length - 1))
        continue;
      const id = this.#parts.outbox.idFor(path, step.base, put.entry);
      proposals.push({ change: { op: 'put', id, path, base: step.base, entry: put.entry }, put });
      bytes += size;
    }
    return proposals;
  }

  #isTaken(path: RelativePath): boolean {
    const { pushing, applying, changes } = this.#engine;
    return pushing.has(path) || changes.isMoving(path) || [path, ...ancestorsOf(path)].some((each) => applying.has(each));
  }

  /** Both sides came to hold the same; what mtime or executable bit still differ in is applied from the server. */
  #adopt(path: RelativePath, put: LocalPut): void {
    const { state, changes } = this.#engine;
    const remote = state.remote.get(path);
    if (remote === null) return;
    state.transaction(() => {
      state.base.put({ path, version: remote.version, state: put.entry, held: false, stamp: put.stamp, inode: put.inode });
      if (sameState(remote.state, put.entry)) state.remote.remove(path);
    });
    changes.puts.delete(path);
    // The applier left the path alone until now.
    this.#engine.wake();
  }

  /**
   * Another kind took the place of a folder: what was in the folder goes first. False while it cannot all go in this request, or some of it
   * is under way.
   */
  #emptyFolder(folder: RelativePath, proposals: Proposal[], room: number): boolean {
    const { state, ignore } = this.#engine;
    const below = [...state.base.under(folder)].filter(
      ({ path, held, state: { kind } }) => kind !== 'tombstone' && !held && !ignore.ignores(path, kind),
    );
    if (below.some(({ path }) => this.#isTaken(path))) return false;
    below.sort((a, b) => (a.path < b.path ? 1 : -1));
    for (const { path, version } of below.slice(0, room))
      proposals.push({ change: { op: 'delete', id: this.#engine.newId(), path, base: version }, put: null });
    return below.length <= room;
  }

  #selectDeletes(limit: number): Proposal[] {
    const { changes, state, clock, problems } = this.#engine;
    const due = changes.deletionsDueAt();
    const now = clock.monotonic();
    if (due === null || due > now || limit <= 0) return [];
    if (this.#parts.scanner.isListing && now < due + LONGEST_LISTING_MS) return [];
    this.#parts.guard.judge();
    const proposals: Proposal[] = [];
    for (const path of [...changes.deletes].sort().reverse()) {
      if (!this.#parts.guard.mayPass(path) || this.#isTaken(path) || !problems.mayTry('push', path, clock.monotonic())) continue;
      const step = planPath(state.base.get(path), { kind: 'deleted' }, state.remote.get(path));
      if (step.step === 'propose_delete')
        proposals.push({ change: { op: 'delete', id: this.#engine.newId(), path, base: step.base }, put: null });
      else this.#settleDelete(path, step.step === 'forget');
      if (proposals.length >= limit) break;
    }
    return proposals;
  }

  #settleDelete(path: RelativePath, gone: boolean): void {
    const { state, changes } = this.#engine;
    changes.deletes.delete(path);
    this.#parts.guard.done(path);
    state.transaction(() => {
      state.base.remove(path);
      if (gone) state.remote.remove(path);
    });
    this.#engine.wake();
  }
}

const sizeOf = (entry: Entry): number => (entry.kind === 'file' ? entry.size : 0);
