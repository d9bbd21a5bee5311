import type { ContentHash } from '@syncpair/contracts';

/** Contents that a transaction was to name are being removed, or were: it wrote nothing. */
export class ContentsGone extends Error {
  override readonly name = 'ContentsGone';
  readonly hashes: readonly ContentHash[];

  constructor(hashes: readonly ContentHash[]) {
    super(`${hashes.length} contents are gone`);
    this.hashes = hashes;
  }
}
