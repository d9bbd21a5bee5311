import { describeHistory } from '../identity/describe-history.ts';
import { giveNotice } from '../identity/notice.ts';
import { doubtChanges } from '../negotiate/doubt-changes.ts';
import { joinAnew, readAllHeads } from '../negotiate/rejoin.ts';
import type { Pusher } from '../negotiate/pusher.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { Engine } from './engine.ts';

/** Milliseconds between two looks whether the changes under way have ended. */
const UNDER_WAY_REST_MS = 20;

/**
 * Which merge is wanted: with a history that is not shared (`anew`), with what disk and server confirm of the base (`doubted`), or with every
 * head again while the base stays (`heads`).
 */
export type MergeWanted = 'none' | 'heads' | 'doubted' | 'anew';

/** Each covers those before it. */
const ORDER: readonly MergeWanted[] = ['none', 'heads', 'doubted', 'anew'];

/** Merges the directory as a whole, while no change of a path is on its way. */
export class Merger {
  /** True while a merge is under way: the other lanes rest. */
  merging = false;
  #wanted: MergeWanted = 'none';
  #verdict: string | null = null;
  readonly #engine: Engine;
  readonly #pusher: Pusher;
  readonly #scanner: Scanner;

  constructor(engine: Engine, pusher: Pusher, scanner: Scanner) {
    this.#engine = engine;
    this.#pusher = pusher;
    this.#scanner = scanner;
    if (engine.state.fact('epoch') === null) this.#wanted = 'anew';
    else if (engine.state.fact('doubt') !== null) this.#wanted = 'doubted';
    else if (engine.state.fact('ignoring') !== engine.ignore.fingerprint) this.#wanted = 'heads';
  }

  get wanted(): MergeWanted {
    return this.#wanted;
  }

  /** True when no merge is wanted or under way. */
  get idle(): boolean {
    return this.#wanted === 'none' && !this.merging;
  }

  /** True while what is found on disk may not be proposed, nor what the state says applied. */
  get forbidsChanges(): boolean {
    return this.#wanted === 'anew' || this.#wanted === 'doubted';
  }

  /** `verdict`: what the server found about the history, where that is the reason. */
  want(kind: 'anew' | 'doubted' | 'heads', verdict: string | null = null): void {
    if (kind === 'doubted' && this.#wanted !== 'doubted') this.#scanner.scanAnew();
    if (ORDER.indexOf(kind) > ORDER.indexOf(this.#wanted)) this.#wanted = kind;
    this.#verdict ??= verdict;
    this.#engine.wake();
  }

  /** Does what is wanted, or a piece of waiting for it. @throws {ServerError} when there is no answer: it stays wanted */
  async step(): Promise<void> {
    const engine = this.#engine;
    // With the history as it was, what became of a change is part of what was agreed on; another one knows nothing of it.
    if (this.#wanted === 'heads') await this.#pusher.settleUnanswered();
    else this.#pusher.forgetUnanswered();
    const isBusy = engine.pushing.size > 0 || engine.applying.size > 0;
    if (isBusy || (this.#wanted === 'doubted' && !this.#isChecked())) {
      await new Promise<void>((resolve) => engine.clock.after(UNDER_WAY_REST_MS, resolve));
      return;
    }
    this.merging = true;
    try {
      if (this.#wanted === 'anew') {
        const isKnown = engine.state.fact('epoch') !== null;
        await joinAnew(engine);
        this.#tell(isKnown);
      } else {
        if (this.#wanted === 'doubted') {
          engine.state.remote.clear();
          engine.state.setFact('joining', 'yes');
        }
        await readAllHeads(engine);
      }
      engine.state.setFact('doubt', null);
      this.#wanted = 'none';
      engine.pullWanted = true;
      this.#scanner.scanAnew();
    } finally {
      this.merging = false;
      engine.wake();
    }
  }

  /** Takes what was found on disk out of the base, until all of it was looked at. */
  #isChecked(): boolean {
    doubtChanges(this.#engine);
    return this.#scanner.complete && this.#scanner.idle;
  }

  /** Said when there is an answer, so once, however often it is tried while there is no server. */
  #tell(isKnown: boolean): void {
    const { log, config } = this.#engine;
    if (isKnown) giveNotice(this.#engine, describeHistory(this.#verdict));
    else log.info(`${config.name}: joining the directory`);
    this.#verdict = null;
  }
}
