import { type ContentHash, parseManifestLocation } from '@syncpair/contracts';
import type { ChunkedContents } from './chunked-contents.ts';
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
  readonly #chunked: ChunkedContents;

  constructor(pins: ContentPins, store: ContentStore, chunked: ChunkedContents) {
    this.#pins = pins;
    this.#store = store;
    this.#chunked = chunked;
  }

  /** @param gone those of the contents and of their parts that are not known to be there */
  async recover(contents: readonly UsableContent[], gone: ReadonlySet<ContentHash>): Promise<readonly UsableContent[]> {
    await this.#pins.pin(contents);
    const isChunked = ({ location }: UsableContent): boolean => parseManifestLocation(location) !== null;
    const alone = contents.filter((content) => !isChunked(content));
    const found: UsableContent[] = (await this.#store.find(WHO, alone)).map((content) => ({ ...content, proof: 'put' }));
    for (const content of contents.filter(isChunked)) {
      const whole = await this.#recoverChunked(content, gone);
      if (whole !== null) found.push(whole);
    }
    return found;
  }

  /** It is there when all its parts are. */
  async #recoverChunked(content: UsableContent, gone: ReadonlySet<ContentHash>): Promise<UsableContent | null> {
    const [known] = content.parts === undefined ? await this.#chunked.withParts(WHO, [content]) : [content];
    if (known?.parts === undefined) return null;
    // Its own row keeps the place that the manifest had when it was put together; in the manifest's row that would hide the present one.
    const isUnsure = ({ hash, proof }: UsableContent): boolean => gone.has(hash) || (content.parts === undefined && proof === 'put');
    const missing = known.parts.filter(isUnsure);
    await this.#pins.pin(missing);
    const there = new Map((await this.#store.find(WHO, missing)).map((part) => [part.hash, part]));
    if (there.size < missing.length) return null;
    const parts = known.parts.map((part): UsableContent => {
      const found = there.get(part.hash);
      return found === undefined ? part : { ...found, proof: 'put' };
    });
    return { ...known, proof: 'put', parts };
  }
}
