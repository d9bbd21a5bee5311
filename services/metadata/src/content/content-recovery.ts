import type { ContentPins } from './content-pins.ts';
import type { ContentStore } from './content-store.ts';
import type { UsableContent } from './usable-content.ts';

/** On whose behalf the store is asked; no principal has this name. */
const WHO = 'metadata';

/**
 * Finds out which contents are there after all, when their rows do not prove it: the receipt is older than a restored database, a clock is
 * wrong, or a collection was faster. They are pinned first, so that the answer stays true.
 */
export class ContentRecovery {
  readonly #pins: ContentPins;
  readonly #store: ContentStore;

  constructor(pins: ContentPins, store: ContentStore) {
    this.#pins = pins;
    this.#store = store;
  }

  async recover(contents: readonly UsableContent[]): Promise<readonly UsableContent[]> {
    await this.#pins.pin(contents);
    return (await this.#store.find(WHO, contents)).map((content) => ({ ...content, proof: 'put' }));
  }
}
