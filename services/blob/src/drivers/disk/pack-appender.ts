import { type PlacedRecord, newPackId } from '../../packs/pack-format.ts';
import { encodeIndex } from '../../packs/pack-index.ts';
import type { RecordBatch } from '../../packs/record-batch.ts';
import { diskError } from './disk-error.ts';
import type { Folder } from './folder.ts';
import { indexName, packName } from './pack-names.ts';
import { PackFile } from './pack-file.ts';
import type { TempFiles } from './temp-files.ts';

/** When a pack is sealed, and a new one begun. */
export interface PackLimits {
  readonly bytes: number;
  readonly records: number;
}
export const PACK_LIMITS: PackLimits = { bytes: 64 * 1024 * 1024, records: 64 * 1024 };

/** Milliseconds without a content after which a pack is not appended to any more: others may compact it after a day. */
const IDLE_MS = 30 * 60_000;

/** Tells an operator of what went wrong behind an answer that was right. */
export type Report = (problem: string, error: unknown) => void;

/** Appends to one pack at a time, which no other process writes to. Every process start begins a pack of its own with its first batch. */
export class PackAppender {
  readonly #packs: Folder;
  readonly #temp: TempFiles;
  readonly #limits: PackLimits;
  readonly #report: Report;
  #current: PackFile | null = null;
  /** Batches that still have to flush, by pack. */
  readonly #users = new Map<PackFile, number>();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #sealing = new Set<Promise<void>>();

  constructor(packs: Folder, temp: TempFiles, limits: PackLimits, report: Report) {
    this.#packs = packs;
    this.#temp = temp;
    this.#limits = limits;
    this.#report = report;
  }

  /** Appends in turn. The pack stays open until the caller gives it back with `release`. */
  append(batch: RecordBatch): Promise<{ readonly pack: PackFile; readonly placed: PlacedRecord[] }> {
    const turn = this.#turn.then(async () => {
      if (this.#current !== null && Date.now() - this.#current.touchedAt > IDLE_MS) this.#retire(this.#current);
      this.#current ??= await this.#begin();
      const pack = this.#current;
      this.#users.set(pack, (this.#users.get(pack) ?? 0) + 1);
      try {
        return { pack, placed: await pack.append(batch) };
      } catch (error) {
        this.release(pack);
        throw diskError(error);
      } finally {
        if (pack.broken || pack.size >= this.#limits.bytes || pack.records.length >= this.#limits.records) this.#retire(pack);
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async flush(pack: PackFile): Promise<void> {
    try {
      await pack.flush();
    } catch (error) {
      this.#retire(pack);
      throw diskError(error);
    }
  }

  release(pack: PackFile): void {
    const users = (this.#users.get(pack) ?? 0) - 1;
    if (users > 0) this.#users.set(pack, users);
    else this.#users.delete(pack);
    if (users <= 0 && pack !== this.#current) this.#seal(pack);
  }

  async close(): Promise<void> {
    await this.#turn;
    if (this.#current !== null) this.#retire(this.#current);
    await Promise.all(this.#sealing);
  }

  async #begin(): Promise<PackFile> {
    const id = newPackId(Date.now());
    const handle = await this.#packs.create(packName(id)).catch((error: unknown) => {
      throw diskError(error);
    });
    try {
      const pack = await PackFile.begin(id, handle);
      await this.#packs.sync();
      return pack;
    } catch (error) {
      await handle.close();
      await this.#packs.remove(packName(id));
      throw diskError(error);
    }
  }

  #retire(pack: PackFile): void {
    if (this.#current !== pack) return;
    this.#current = null;
    if (!this.#users.has(pack)) this.#seal(pack);
  }

  /** Closes a pack that nobody appends to or flushes any more. Its index is an aid only; without it the pack is scanned. */
  #seal(pack: PackFile): void {
    const sealed = this.#finish(pack).catch((error: unknown) => this.#report(`the index of pack ${pack.id} was not written`, error));
    this.#sealing.add(sealed);
    void sealed.then(() => this.#sealing.delete(sealed));
  }

  async #finish(pack: PackFile): Promise<void> {
    try {
      if (pack.broken) return;
      await pack.flush();
      await this.#temp.publish(this.#packs, indexName(pack.id), encodeIndex(pack.records));
    } finally {
      await pack.close();
    }
  }
}
