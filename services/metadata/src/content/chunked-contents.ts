import { type ContentHash, MANIFEST_ENTRY_BYTES, MIN_CHUNK_BYTES, parseManifestLocation } from '@syncpair/contracts';
import type { ContentPins } from './content-pins.ts';
import type { ManifestReader } from './manifest-reader.ts';
import type { UsableContent } from './usable-content.ts';

/** Finds out what contents consist of that were put together: a transaction that names one takes all its parts with it. */
export class ChunkedContents {
  readonly #pins: ContentPins;
  readonly #manifests: ManifestReader;

  constructor(pins: ContentPins, manifests: ManifestReader) {
    this.#pins = pins;
    this.#manifests = manifests;
  }

  /**
   * The contents, those that were put together with their parts. The manifest is pinned and read; chunks are known by the proofs of the same
   * request, else by their rows. What has no readable manifest is left out: its bytes are not there.
   */
  async withParts(
    who: string,
    contents: readonly UsableContent[],
    proofs: ReadonlyMap<ContentHash, UsableContent> = new Map(),
  ): Promise<UsableContent[]> {
    const known: UsableContent[] = [];
    for (const content of contents) {
      const at = parseManifestLocation(content.location);
      const parts = at === null ? [] : await this.#partsOf(who, content, at, proofs);
      if (parts === null) continue;
      known.push(at === null ? content : { ...content, parts });
    }
    return known;
  }

  async #partsOf(
    who: string,
    { size }: UsableContent,
    at: NonNullable<ReturnType<typeof parseManifestLocation>>,
    proofs: ReadonlyMap<ContentHash, UsableContent>,
  ): Promise<readonly UsableContent[] | null> {
    // Whoever put it together had no grant for the manifest, and so no pin.
    await this.#pins.pin([{ hash: at.manifest, size: Math.ceil(size / MIN_CHUNK_BYTES) * MANIFEST_ENTRY_BYTES }]);
    const read = await this.#manifests.read(who, at, size);
    if (read === null) return null;
    const parts = new Map<ContentHash, UsableContent>();
    for (const { hash, size: bytes } of read.chunks)
      if (!parts.has(hash)) parts.set(hash, proofs.get(hash) ?? { hash, size: bytes, location: '', proof: 'row' });
    const manifest = { hash: at.manifest, size: read.chunks.length * MANIFEST_ENTRY_BYTES, location: at.location, proof: 'put' } as const;
    return [manifest, ...parts.values()];
  }
}
