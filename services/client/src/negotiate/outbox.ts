import { type Entry, type PutChange, type RelativePath, type VersionId, sameState } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Proposal } from './record-outcome.ts';

/**
 * What was proposed and is not recorded yet, here and in the state: at most one change of a path at a time. What a killed client left there
 * counts as never answered.
 */
export class Outbox {
  readonly #engine: Engine;
  /** By change id. */
  readonly #underWay = new Map<string, Proposal>();
  /** Those among them whose answer never came. */
  readonly #unanswered = new Set<string>();
  /** Puts that were told in vain: the request may still be on its way, and what is told again is the same change. */
  readonly #inVain = new Map<RelativePath, PutChange>();

  constructor(engine: Engine) {
    this.#engine = engine;
    for (const { change, read } of engine.state.outbox.list()) {
      const put = change.op === 'put' && read !== null ? { entry: change.entry, ...read } : null;
      if (change.op === 'move' || (change.op === 'put' && put === null)) continue;
      this.#underWay.set(change.id, { change, put });
      this.#unanswered.add(change.id);
      engine.pushing.add(change.path);
    }
  }

  get hasUnanswered(): boolean {
    return this.#unanswered.size > 0;
  }

  /** The id for a put: the one it had before, when just this was told in vain. */
  idFor(path: RelativePath, base: VersionId | null, entry: Entry): string {
    const before = this.#inVain.get(path);
    return before !== undefined && before.base === base && sameState(before.entry, entry) ? before.id : this.#engine.newId();
  }

  isUnderWay(id: string): boolean {
    return this.#underWay.has(id);
  }

  /** Before the server is told: from here on the answer is wanted, whatever happens to this process. */
  add(proposals: readonly Proposal[]): void {
    const { state, pushing } = this.#engine;
    state.transaction(() => {
      for (const { change, put } of proposals) state.outbox.put({ change, read: put });
    });
    for (const proposal of proposals) {
      if (proposal.change.op !== 'move') pushing.add(proposal.change.path);
      this.#underWay.set(proposal.change.id, proposal);
    }
  }

  /** The outcome is recorded; inside the transaction of the state that does so. */
  recorded(id: string): void {
    const change = this.#underWay.get(id)?.change;
    if (change?.op === 'put') this.#inVain.delete(change.path);
    this.#underWay.delete(id);
    this.#engine.state.outbox.remove(id);
  }

  /** The request failed. Some of what was in it may have been recorded before that; only the rest is to be asked for again. */
  missAnswers(proposals: readonly Proposal[]): void {
    for (const { change } of proposals) if (this.#underWay.has(change.id)) this.#unanswered.add(change.id);
    this.end(proposals.filter(({ change }) => !this.#unanswered.has(change.id)));
  }

  /** What is to be asked for again; it counts as on its way from now on. */
  takeUnanswered(limit: number): Proposal[] {
    const ids = [...this.#unanswered].slice(0, limit);
    for (const id of ids) this.#unanswered.delete(id);
    return ids.flatMap((id) => this.#underWay.get(id) ?? []);
  }

  /** What was sent to a server with another history is not asked for again. */
  forgetUnanswered(): void {
    if (this.hasUnanswered) this.end(this.takeUnanswered(Number.POSITIVE_INFINITY));
  }

  /** Nobody waits for these any more, whatever became of them. */
  end(proposals: readonly Proposal[]): void {
    const { state, pushing } = this.#engine;
    const left = proposals.filter(({ change }) => this.#underWay.has(change.id));
    if (left.length > 0) state.transaction(() => left.forEach(({ change }) => this.recorded(change.id)));
    for (const { change } of left) if (change.op === 'put') this.#inVain.set(change.path, change);
    for (const { change } of proposals) {
      this.#unanswered.delete(change.id);
      if (change.op !== 'move') pushing.delete(change.path);
    }
    this.#engine.wake();
  }
}
