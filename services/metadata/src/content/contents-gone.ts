import type { ContentHash } from '@syncpair/contracts';
import type { UsableContent } from './usable-content.ts';

/** Contents that a transaction was to name are being removed, or were: it wrote nothing. */
export class ContentsGone extends Error {
  override readonly name = 'ContentsGone';
  readonly hashes: readonly ContentHash[];

  constructor(hashes: readonly ContentHash[]) {
    super(`${hashes.length} contents are gone`);
    this.hashes = hashes;
  }

  /** Whether any of the contents is gone, or a part of one. */
  isOf(contents: Iterable<UsableContent>): boolean {
    const gone = new Set(this.hashes);
    return [...contents].some((content) => [content, ...(content.parts ?? [])].some(({ hash }) => gone.has(hash)));
  }
}
