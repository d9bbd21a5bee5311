import { type Hash, createHash } from 'node:crypto';
import { type Chunk, type ContentHash, CutFinder, chunkSizesOf, encodeManifest } from '@syncpair/contracts';
import type { ChunkedContent } from './disk.ts';
import { eachPart } from './read-expected.ts';

/** The SHA-256 of an open file of `size` bytes and its chunks, from one reading; `changed` soon after `isStill` has become false. */
export function chunkDescriptor(descriptor: number, size: number, isStill: () => boolean): ChunkedContent | 'changed' {
  const whole = createHash('sha256');
  const cutter = new Cutter(size);
  const take = (part: Uint8Array): void => {
    whole.update(part);
    cutter.take(part);
  };
  const complete = eachPart(descriptor, size, take, isStill);
  return complete ? { hash: whole.digest('hex') as ContentHash, manifest: encodeManifest(cutter.end()) } : 'changed';
}

/** Cuts a content into chunks as its bytes come by; none of them is kept. */
class Cutter {
  readonly #finder: CutFinder;
  readonly #chunks: Chunk[] = [];
  #digest: Hash = createHash('sha256');
  #length = 0;

  constructor(size: number) {
    this.#finder = new CutFinder(chunkSizesOf(size));
  }

  take(part: Uint8Array): void {
    for (let at = 0; at < part.length;) {
      const cut = this.#finder.find(part, at, part.length);
      const end = cut === -1 ? part.length : cut;
      this.#digest.update(part.subarray(at, end));
      this.#length += end - at;
      if (cut !== -1) this.#close();
      at = end;
    }
  }

  end(): readonly Chunk[] {
    if (this.#length > 0) this.#close();
    return this.#chunks;
  }

  #close(): void {
    this.#chunks.push({ hash: this.#digest.digest('hex') as ContentHash, size: this.#length });
    this.#digest = createHash('sha256');
    this.#length = 0;
  }
}
