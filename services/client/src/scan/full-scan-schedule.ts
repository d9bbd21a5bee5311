import type { RelativePath } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Watcher } from '../watch/watcher.ts';
import type { Scanner } from './scanner.ts';

/** Intervals over which the scan of watched folders is spread: it only repairs what events may have missed. */
const SPREAD = 40;

/** Which folders are listed at each interval: all of them while some are not watched, a slice otherwise. */
export class FullScanSchedule {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #watcher: Watcher;
  #round: (RelativePath | null)[] = [];
  /** Folders of the round that are listed at each interval. */
  #slice = 0;

  constructor(engine: Engine, scanner: Scanner, watcher: Watcher) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.#watcher = watcher;
  }

  interval(): void {
    if (this.#watcher.coverage() < 1) {
      this.#scanner.scanAll();
      return;
    }
    if (this.#round.length === 0) {
      this.#round = this.#engine.state.base.folders();
      this.#slice = Math.ceil(this.#round.length / SPREAD);
    }
    for (const folder of this.#round.splice(0, this.#slice)) this.#scanner.scanFolder(folder, false);
  }
}
