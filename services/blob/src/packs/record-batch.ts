import { freeBytes } from '@syncpair/contracts';
import type { SmallBlob } from '../blobs/blob-store.ts';
import { type PlacedRecord, recordBytes, RECORD_HEADER_BYTES, writeRecordHeader } from './pack-format.ts';

/** Bytes for which room is made at first. */
const FIRST_BYTES = 4 * 1024;

/** Records as they will stand in a pack, one behind the other. Its memory serves one batch after another, until `free`. */
export class RecordBatch {
  #buffer = Buffer.alloc(0);
  #records: PlacedRecord[] = [];
  #length = 0;

  /** Bytes of all records. */
  get length(): number {
    return this.#length;
  }

  /** All records, until the next call that changes them. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Copies a content, which may be used for something else afterwards. */
  add({ hash, bytes }: SmallBlob): void {
    const end = this.#length + recordBytes(bytes.length);
    if (end > this.#buffer.length) this.#grow(end);
    writeRecordHeader(this.#buffer, this.#length, { hash, length: bytes.length });
    this.#buffer.set(bytes, this.#length + RECORD_HEADER_BYTES);
    this.#records.push({ hash, length: bytes.length, offset: this.#length + RECORD_HEADER_BYTES });
    this.#length = end;
  }

  /** The places of all records when the first one begins at `start`. */
  placedAt(start: number): PlacedRecord[] {
    return this.#records.map((record) => ({ ...record, offset: start + record.offset }));
  }

  clear(): void {
    this.#records = [];
    this.#length = 0;
  }

  /** Bytes of its memory. */
  get room(): number {
    return this.#buffer.length;
  }

  /** Gives its memory back. */
  free(): void {
    this.clear();
    freeBytes(this.#buffer);
    this.#buffer = Buffer.alloc(0);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length, FIRST_BYTES));
    larger.set(this.bytes);
    freeBytes(this.#buffer);
    this.#buffer = larger;
  }
}
