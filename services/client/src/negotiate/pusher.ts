import { type Change, type ContentHash, MAX_CHANGES_PER_REQUEST, MAX_INLINE_BYTES } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Scanner } from '../scan/scanner.ts';
import { ServerError } from '../server/server-error.ts';
import { forgetManifests } from '../transfer/forget-manifests.ts';
import { sendWhileRead } from '../transfer/send-while-read.ts';
import { type Upload, readSmall, upload } from '../transfer/upload.ts';
import { DeletionGuard } from './deletion-guard.ts';
import { MovePusher } from './move-pusher.ts';
import { OverwriteGuard } from './overwrite-guard.ts';
import { type Decided, RejoinNeeded, lastSeqOf, negotiate, reach, takeLog } from './negotiator.ts';
import { Outbox } from './outbox.ts';
import { ProposalSelector } from './proposal-selector.ts';
import { type Proposal, recordOutcome } from './record-outcome.ts';
import { stillSo } from './still-so.ts';

/** Files whose contents travel inside the request: with more of them, most are known to the server or better sent packed. */
const MOST_INLINE = 16;

/** Tells the server what changed here. */
export class Pusher {
  readonly guard: DeletionGuard;
  readonly overwrites: OverwriteGuard;
  /** True while the event stream brings the log; answers then need not carry it. */
  streaming = false;
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #moves: MovePusher;
  readonly #outbox: Outbox;
  readonly #selector: ProposalSelector;

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.guard = new DeletionGuard(engine);
    this.overwrites = new OverwriteGuard(engine, scanner);
    this.#moves = new MovePusher(engine, scanner);
    this.#outbox = new Outbox(engine);
    this.#selector = new ProposalSelector(engine, { scanner, guard: this.guard, overwrites: this.overwrites, outbox: this.#outbox });
  }

  /** When collected deletions may go out; monotonic milliseconds. */
  nextDue(): number | null {
    return this.#engine.changes.deletionsDueAt();
  }

  /** Sends one move or one batch of small changes. @returns false when there was nothing to send */
  async step(): Promise<boolean> {
    if (this.#outbox.hasUnanswered) return this.#askAgain();
    if (await this.#moves.step()) return true;
    return this.#send(this.#selector.together());
  }

  /** Sends one large file, or what is found of one that is being read. */
  async stepLarge(): Promise<boolean> {
    const sent = await this.#send(this.#selector.alone());
    if (!sent) return this.#sendWhileRead();
    forgetManifests(this.#engine);
    return true;
  }

  async #sendWhileRead(): Promise<boolean> {
    const { uploads, problems, clock } = this.#engine;
    const { reading } = uploads;
    if (reading === null || !problems.mayTry('push', reading.file.path, clock.monotonic())) return false;
    return this.overwrites.mayBeSentWhileRead(reading.file) && sendWhileRead(this.#engine, reading);
  }

  async #send(proposals: readonly Proposal[]): Promise<boolean> {
    if (proposals.length === 0) return false;
    this.#outbox.add(proposals);
    try {
      const { deletes } = this.#engine.changes;
      const deletedThen = new Set(
        proposals.flatMap(({ change }) => (change.op === 'delete' && deletes.has(change.path) ? [change.path] : [])),
      );
      const { receipts, contents, changed } = await this.#bringContents(proposals);
      const told = stillSo(proposals, { changed, deletedThen, deletedNow: deletes });
      const answer = await negotiate(this.#engine, {
        changes: told.map(({ change }) => change),
        receipts,
        contents,
        pull: !this.streaming,
      });
      await this.#take(told, answer);
      const wanting = told.filter(({ change }) => this.#outbox.isUnderWay(change.id));
      if (wanting.length > 0) await this.#sendWithContents(wanting, answer.grants);
    } catch (error) {
      if (error instanceof RejoinNeeded) this.#outbox.end(proposals);
      else if (isRefusal(error)) {
        this.#outbox.end(proposals);
        return this.#sendApart(proposals, error);
      } else this.#outbox.missAnswers(proposals);
      throw error;
    }
    this.#outbox.end(proposals);
    return true;
  }

  /** The server refuses the request as such: what it is that it cannot take is found by halves, and the rest goes through. */
  async #sendApart(proposals: readonly Proposal[], error: ServerError): Promise<boolean> {
    const [only] = proposals;
    if (proposals.length === 1 && only !== undefined && only.change.op !== 'move') {
      const { problems, clock } = this.#engine;
      problems.report('push', only.change.path, error.code, error.message, clock.monotonic());
      return true;
    }
    const half = proposals.length >> 1;
    await this.#send(proposals.slice(0, half));
    return this.#send(proposals.slice(half));
  }

  /**
   * Asks again for what was sent and never answered, with the same ids: the server may have it. What it lacks the content of was not
   * taken, and is told anew as it is by now.
   */
  async #askAgain(): Promise<boolean> {
    const unanswered = this.#outbox.takeUnanswered(MAX_CHANGES_PER_REQUEST);
    const proposals = unanswered.filter((proposal) => !this.#isIgnored(proposal));
    // What is ignored by now is never spoken of again, and whatever became of it concerns nobody here.
    this.#outbox.end(unanswered.filter((proposal) => this.#isIgnored(proposal)));
    if (proposals.length === 0) return true;
    try {
      const answer = await negotiate(this.#engine, { changes: proposals.map(({ change }) => change), pull: !this.streaming });
      await this.#take(proposals, answer);
    } catch (error) {
      this.#outbox.missAnswers(proposals);
      throw error;
    }
    this.#outbox.end(proposals);
    // While no client ran it may have been deleted, and until now nothing but the outbox told of it.
    for (const { change } of proposals) if (change.op === 'put') this.#scanner.look(change.path);
    return true;
  }

  #isIgnored({ change }: Proposal): boolean {
    const { state, ignore } = this.#engine;
    if (change.op === 'move') return false;
    const kind = change.op === 'put' ? change.entry.kind : state.base.get(change.path)?.state.kind;
    return ignore.ignores(change.path, kind === undefined || kind === 'tombstone' ? 'file' : kind);
  }

  /** Hears what became of all that was told and never answered. @throws {ServerError} when there is still no answer */
  async settleUnanswered(): Promise<void> {
    while (this.#outbox.hasUnanswered) await this.#askAgain();
  }

  /** What was sent to a server with another history is not asked for again. */
  forgetUnanswered(): void {
    this.#outbox.forgetUnanswered();
  }

  async #sendWithContents(wanting: readonly Proposal[], grants: Parameters<typeof upload>[2]): Promise<void> {
    const { receipts, proposals, changed } = await upload(this.#engine, uploadsOf(wanting), grants);
    for (const { change } of changed) this.#lookAgain(change);
    if (proposals.length === 0) return;
    const answer = await negotiate(this.#engine, { changes: proposals.map(({ change }) => change), receipts, pull: false });
    await this.#take(proposals, answer);
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

  /**
   * What goes before the changes or with them. Small edits carry their content along, which saves two round trips. Where there are many, the
   * contents are announced and those that the server lacks are uploaded first, so that it decides every change only once. A single larger one
   * is proposed without: the server may have it.
   */
  async #bringContents(proposals: readonly Proposal[]): Promise<BroughtContents> {
    const uploads = uploadsOf(proposals);
    const bytes = uploads.reduce((sum, { size }) => sum + size, 0);
    const nothing = { receipts: [], contents: new Map<ContentHash, Uint8Array>(), changed: [] };
    if (uploads.length <= MOST_INLINE)
      return bytes <= MAX_INLINE_BYTES ? { ...nothing, contents: await readSmall(this.#engine, uploads, []) } : nothing;
    const announced = [...new Map(uploads.map(({ hash, size }) => [hash, { hash, size }])).values()];
    const { grants } = await negotiate(this.#engine, { changes: [], announced, pull: false });
    const granted = new Set(grants.flatMap(({ hashes }) => hashes));
    const lacking = uploads.filter(({ hash }) => granted.has(hash));
    if (lacking.length === 0) return nothing;
    const { receipts, changed } = await upload(this.#engine, lacking, grants);
    for (const { change } of changed) this.#lookAgain(change);
    return { ...nothing, receipts, changed };
  }

  /** Reads the log as far as the answer speaks of it, then records the outcomes. */
  async #take(proposals: readonly Proposal[], answer: Decided): Promise<void> {
    takeLog(this.#engine, answer);
    await reach(this.#engine, lastSeqOf(answer.outcomes), this.streaming);
    const outcomes = new Map(answer.outcomes.map((outcome) => [outcome.id, outcome]));
    const { state } = this.#engine;
    state.transaction(() => {
      for (const proposal of proposals) {
        const outcome = outcomes.get(proposal.change.id);
        if (outcome === undefined) continue;
        const { change } = proposal;
        // It may have come back while the answer was on its way, or while there was none: nothing but a look tells.
        if (change.op === 'delete' && !this.#engine.changes.deletes.has(change.path)) this.#scanner.look(change.path);
        recordOutcome(this.#engine, proposal, outcome);
        if (outcome.status !== 'needs_content') this.#outbox.recorded(change.id);
        if (change.op === 'delete') this.guard.done(change.path);
        if (change.op === 'put' && change.entry.kind === 'file' && outcome.status === 'committed')
          this.guard.sent(change.entry.hash, change.path);
      }
      state.setFact('last_sync', new Date(this.#engine.clock.wall()).toISOString());
    });
  }
}

interface BroughtContents {
  readonly receipts: readonly string[];
  readonly contents: ReadonlyMap<ContentHash, Uint8Array>;
  /** Whose file was not what it had been any more. */
  readonly changed: readonly Proposal[];
}

const REFUSALS: ReadonlySet<string> = new Set(['invalid_request', 'invalid_path', 'too_large']);
const isRefusal = (error: unknown): error is ServerError => error instanceof ServerError && REFUSALS.has(error.code);

function uploadsOf(proposals: readonly Proposal[]): Upload[] {
  return proposals.flatMap((proposal) => {
    const { change } = proposal;
    return change.op === 'put' && change.entry.kind === 'file' ? [{ proposal, hash: change.entry.hash, size: change.entry.size }] : [];
  });
}
