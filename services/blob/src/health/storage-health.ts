import { DomainError } from '@syncpair/contracts';
import type { BlobService } from '../blobs/blob-service.ts';

/** Milliseconds for which an answer is given again: many probes must not become many writes. */
const KEEP_MS = 2_000;

/** Whether contents can be stored now. */
export class StorageHealth {
  readonly #blobs: BlobService;
  readonly #report: (problem: string, error: unknown) => void;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #check: Promise<void> = Promise.resolve();

  constructor(blobs: BlobService, report: (problem: string, error: unknown) => void) {
    this.#blobs = blobs;
    this.#report = report;
  }

  /** @throws {DomainError} `unavailable` when the storage cannot be written. */
  async check(): Promise<{ readonly status: 'ok'; readonly store: string }> {
    const now = performance.now();
    if (now - this.#checkedAt > KEEP_MS) {
      this.#checkedAt = now;
      this.#check = this.#blobs.checkWritable();
    }
    try {
      await this.#check;
    } catch (error) {
      if (!(error instanceof DomainError)) this.#report('the storage cannot be written', error);
      throw new DomainError('unavailable', error instanceof DomainError ? error.message : 'the storage cannot be written');
    }
    return { status: 'ok', store: this.#blobs.storeId };
  }
}
