import type { FileHandle } from 'node:fs/promises';
import { writeFully } from './write-fully.ts';
import { PACK_MAGIC, type PlacedRecord } from '../../packs/pack-format.ts';
import type { RecordBatch } from '../../packs/record-batch.ts';

/** A pack that this process appends to. Appends must not overlap; flushes may be asked for at any time. */
export class PackFile {
  readonly id: string;
  readonly records: PlacedRecord[] = [];
  readonly #handle: FileHandle;
  /** When it was begun or last appended to, milliseconds since 1970. */
  touchedAt = Date.now();
  #size = PACK_MAGIC.length;
  #failure: unknown = null;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  private constructor(id: string, handle: FileHandle) {
    this.id = id;
    this.#handle = handle;
  }

  /** `handle` is a new, empty file. */
  static async begin(id: string, handle: FileHandle): Promise<PackFile> {
    await writeFully(handle, PACK_MAGIC, 0);
    return new PackFile(id, handle);
  }

  get size(): number {
    return this.#size;
  }

  /** True after a write or flush failed: nothing more is appended. */
  get broken(): boolean {
    return this.#failure !== null;
  }

  /** Appends contents, whose hashes the caller has checked. Durable only after `flush`. */
  async append(batch: RecordBatch): Promise<PlacedRecord[]> {
    const placed = batch.placedAt(this.#size);
    try {
      await writeFully(this.#handle, batch.bytes, this.#size);
    } catch (error) {
      this.#failure = error;
      // What was written of it is cut off again, to give the room back on a full disk; where that fails it is an unnamed tail.
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size += batch.length;
    this.touchedAt = Date.now();
    for (const record of placed) this.records.push(record);
    return placed;
  }

  /** Makes all that was appended so far durable. Callers that arrive while a flush is under way share the one after it. */
  flush(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      this.#running = this.#flushNow();
      return this.#running;
    });
    return this.#next;
  }

  async #flushNow(): Promise<void> {
    try {
      await this.#handle.datasync();
      // Whoever removed it did not know of the records that were appended since.
      if ((await this.#handle.stat()).nlink === 0) throw new Error(`the pack ${this.id} was removed while it was written to`);
    } catch (error) {
      // After a failed flush the system forgets what it could not write, so a later flush that succeeds would prove nothing.
      this.#failure = error;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
