import {
  type Change,
  type ContentHash,
  MAX_CHANGES_PER_REQUEST,
  MAX_INLINE_BYTES,
  type Outcome,
  type RelativePath,
  sameState,
} from '@syncpair/contracts';
import { planPath } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { LocalMove, LocalPut } from '../scan/local-changes.ts';
import type { Scanner } from '../scan/scanner.ts';
import { type Upload, isLarge, readSmall, upload } from '../transfer/upload.ts';
import { DeletionGuard } from './deletion-guard.ts';
import { negotiate, takeLog } from './negotiator.ts';
import { recordMove } from './record-move.ts';
import { type Proposal, recordOutcome } from './record-outcome.ts';

/** Bytes of small files proposed together, so that a batch is soon done and what is saved meanwhile goes with the next. */
const MOST_BYTES_PER_BATCH = 16 * 1024 * 1024;
/** Files whose contents travel inside the request: with more of them, most are known to the server or better sent packed. */
const MOST_INLINE = 16;

/** Tells the server what changed here. */
export class Pusher {
  readonly guard: DeletionGuard;
  /** True while the event stream brings the log; answers then need not carry it. */
  streaming = false;
  readonly #engine: Engine;
  readonly #scanner: Scanner;

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.guard = new DeletionGuard(engine);
  }

  /** When collected deletions may go out; monotonic milliseconds. */
  nextDue(): number | null {
    return this.#engine.changes.deletionsDueAt();
  }

  /** Sends one move or one batch of small changes. @returns false when there was nothing to send */
  async step(): Promise<boolean> {
    const move = this.#engine.changes.moves[0];
    if (move !== undefined) return this.#sendMove(move);
    const proposals = this.#selectPuts((size) => !isLarge(size), MAX_CHANGES_PER_REQUEST);
    proposals.push(...this.#selectDeletes(MAX_CHANGES_PER_REQUEST - proposals.length));
    return this.#send(proposals);
  }

  /** Sends one large file. */
  async stepLarge(): Promise<boolean> {
    return this.#send(this.#selectPuts(isLarge, 1));
  }

  #selectPuts(fits: (size: number) => boolean, limit: number): Proposal[] {
    const { changes, state, problems, clock } = this.#engine;
    const now = clock.monotonic();
    const proposals: Proposal[] = [];
    let bytes = 0;
    for (const path of [...changes.puts.keys()].sort()) {
      const put = changes.puts.get(path) as LocalPut;
      const size = put.entry.kind === 'file' ? put.entry.size : 0;
      if (!fits(size) || this.#isTaken(path) || !problems.mayTry('push', path, now)) continue;
      const base = state.base.get(path);
      const step = planPath(base, { kind: 'changed', entry: put.entry }, state.remote.get(path));
      if (step.step === 'adopt') this.#adopt(path, put);
      if (step.step !== 'propose_put') continue;
      if (base?.state.kind === 'dir' && put.entry.kind !== 'dir' && !this.#emptyFolder(path, proposals)) continue;
      proposals.push({ change: { op: 'put', id: this.#engine.newId(), path, base: step.base, entry: put.entry }, put });
      bytes += size;
      if (proposals.length >= limit || bytes >= MOST_BYTES_PER_BATCH) break;
    }
    return proposals;
  }

  #isTaken(path: RelativePath): boolean {
    const { pushing, applying, changes } = this.#engine;
    return pushing.has(path) || applying.has(path) || changes.isMoving(path);
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
  }

  /** A file took the place of a folder: what was in the folder goes first, in the same request. False while it is not all known to be gone. */
  #emptyFolder(folder: RelativePath, proposals: Proposal[]): boolean {
    const { state, changes } = this.#engine;
    const below = [...state.base.under(folder)].filter(({ state: { kind } }) => kind !== 'tombstone');
    if (below.some(({ path }) => !changes.deletes.has(path) || this.#isTaken(path))) {
      this.#scanner.scanFolder(folder, true);
      return false;
    }
    below.sort((a, b) => (a.path < b.path ? 1 : -1));
    for (const { path, version } of below)
      proposals.push({ change: { op: 'delete', id: this.#engine.newId(), path, base: version }, put: null });
    return true;
  }

  #selectDeletes(limit: number): Proposal[] {
    const { changes, state, clock, problems } = this.#engine;
    const due = changes.deletionsDueAt();
    if (due === null || due > clock.monotonic() || limit <= 0) return [];
    this.guard.judge();
    const proposals: Proposal[] = [];
    for (const path of [...changes.deletes].sort().reverse()) {
      if (!this.guard.mayPass(path) || this.#isTaken(path) || !problems.mayTry('push', path, clock.monotonic())) continue;
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
    this.guard.done(path);
    state.transaction(() => {
      state.base.remove(path);
      if (gone) state.remote.remove(path);
    });
  }

  async #sendMove(move: LocalMove): Promise<boolean> {
    const { changes, state, newId } = this.#engine;
    const base = state.base.get(move.from);
    let moved = false;
    if (base !== null) {
      const change: Change = { op: 'move', id: newId(), from: move.from, to: move.to, base: base.version };
      const answer = await negotiate(this.#engine, { changes: [change], pull: !this.streaming });
      moved = state.transaction(() => recordMove(this.#engine, move, answer.outcomes[0] as Outcome));
      takeLog(this.#engine, answer);
    }
    changes.moves.shift();
    if (moved) this.#scanner.rescanMoved(move.to);
    else {
      this.#dropIdentity(move.from);
      this.#scanner.look(move.from);
      this.#scanner.rescanMoved(move.to);
    }
    this.#engine.wake();
    return true;
  }

  /** Makes the base forget which object lay at a path, so that its new place is told as new and not as a move again. */
  #dropIdentity(from: RelativePath): void {
    const { state } = this.#engine;
    const base = state.base.get(from);
    if (base !== null) state.transaction(() => state.base.put({ ...base, inode: null }));
  }

  async #send(proposals: readonly Proposal[]): Promise<boolean> {
    if (proposals.length === 0) return false;
    const { pushing } = this.#engine;
    const paths = proposals.flatMap(({ change }) => (change.op === 'move' ? [] : [change.path]));
    for (const path of paths) pushing.add(path);
    try {
      const contents = await this.#inline(proposals);
      const answer = await negotiate(this.#engine, { changes: proposals.map(({ change }) => change), contents, pull: !this.streaming });
      const outcomes = new Map(answer.outcomes.map((outcome) => [outcome.id, outcome]));
      this.#record(proposals, outcomes);
      const wanting = proposals.filter(({ change }) => outcomes.get(change.id)?.status === 'needs_content');
      if (wanting.length > 0) await this.#sendWithContents(wanting, answer.grants);
      takeLog(this.#engine, answer);
    } finally {
      for (const path of paths) pushing.delete(path);
      this.#engine.wake();
    }
    return true;
  }

  async #sendWithContents(wanting: readonly Proposal[], grants: Parameters<typeof upload>[2]): Promise<void> {
    const { receipts, proposals, changed } = await upload(this.#engine, uploadsOf(wanting), grants);
    for (const { change } of changed) this.#lookAgain(change);
    if (proposals.length === 0) return;
    const answer = await negotiate(this.#engine, { changes: proposals.map(({ change }) => change), receipts, pull: false });
    this.#record(proposals, new Map(answer.outcomes.map((outcome) => [outcome.id, outcome])));
    const { problems, clock } = this.#engine;
    for (const [index, outcome] of answer.outcomes.entries()) {
      const change = proposals[index]?.change;
      if (outcome.status === 'needs_content' && change?.op === 'put') {
        problems.report(
          'push',
          change.path,
          'receipt_refused',
          'the server did not accept the proof that it has the content',
          clock.monotonic(),
        );
      }
    }
  }

  #lookAgain(change: Change): void {
    if (change.op !== 'put') return;
    this.#engine.changes.puts.delete(change.path);
    this.#scanner.look(change.path);
  }

  /** Small edits carry their content along, which saves two round trips. */
  async #inline(proposals: readonly Proposal[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
    const uploads = uploadsOf(proposals);
    const bytes = uploads.reduce((sum, { size }) => sum + size, 0);
    if (uploads.length > MOST_INLINE || bytes > MAX_INLINE_BYTES) return new Map();
    return readSmall(this.#engine, uploads, []);
  }

  #record(proposals: readonly Proposal[], outcomes: ReadonlyMap<string, Outcome>): void {
    const { state } = this.#engine;
    state.transaction(() => {
      for (const proposal of proposals) {
        const outcome = outcomes.get(proposal.change.id);
        if (outcome === undefined) continue;
        recordOutcome(this.#engine, proposal, outcome);
        const { change } = proposal;
        if (change.op === 'delete') this.guard.done(change.path);
        if (change.op === 'put' && change.entry.kind === 'file' && outcome.status === 'committed')
          this.guard.sent(change.entry.hash, change.path);
      }
      state.setFact('last_sync', new Date(this.#engine.clock.wall()).toISOString());
    });
  }
}

function uploadsOf(proposals: readonly Proposal[]): Upload[] {
  return proposals.flatMap((proposal) => {
    const { change } = proposal;
    return change.op === 'put' && change.entry.kind === 'file' ? [{ proposal, hash: change.entry.hash, size: change.entry.size }] : [];
  });
}
