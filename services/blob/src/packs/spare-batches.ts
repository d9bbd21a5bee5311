import { RecordBatch } from './record-batch.ts';

/** Batches that are kept: as many requests with chunks as one upload has under way. */
const MOST_KEPT = 2;
/** Bytes of memory from which a batch is worth keeping: new memory of that size comes in pages that are filled with zeros one by one. */
const LEAST_KEPT = 1024 * 1024;

/** Batches whose memory serves one request after another. */
export class SpareBatches {
  readonly #kept: RecordBatch[] = [];

  /** An empty batch. */
  take(): RecordBatch {
    return this.#kept.pop() ?? new RecordBatch();
  }

  /** What is in it is not needed any more. */
  giveBack(batch: RecordBatch): void {
    batch.clear();
    if (batch.room >= LEAST_KEPT && this.#kept.length < MOST_KEPT) this.#kept.push(batch);
    else batch.free();
  }
}
