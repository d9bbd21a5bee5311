import type { ContentHash } from '@syncpair/contracts';
import type { PlacedRecord } from './pack-format.ts';

/**
 * The index of a sealed pack, for the rare look-up without a location: 8 bytes of magic, then entries of hash (32), offset (4) and length
 * (4), sorted by hash. It is derived from the pack and may be missing; the pack's headers say the same.
 */
const MAGIC = Buffer.from('SYNCIDX1');
const ENTRY_BYTES = 40;
/** Entries that are read at a time. */
const WINDOW = 1_000;

/** Reads `length` bytes at `position`, null when the file ends before. */
export type ReadAt = (position: number, length: number) => Promise<Buffer | null>;

export function encodeIndex(records: readonly PlacedRecord[]): Buffer {
  const sorted = records.toSorted((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  const index = Buffer.alloc(MAGIC.length + sorted.length * ENTRY_BYTES);
  MAGIC.copy(index);
  sorted.forEach((record, place) => {
    const at = MAGIC.length + place * ENTRY_BYTES;
    index.write(record.hash, at, 'hex');
    index.writeUInt32BE(record.offset, at + 32);
    index.writeUInt32BE(record.length, at + 36);
  });
  return index;
}

/** Entries in an index file of this size; null when it is no index. */
export async function countEntries(read: ReadAt, fileBytes: number): Promise<number | null> {
  const magic = await read(0, MAGIC.length);
  const body = fileBytes - MAGIC.length;
  return magic?.equals(MAGIC) === true && body % ENTRY_BYTES === 0 ? body / ENTRY_BYTES : null;
}

/** The record of a content, by bisection: a handful of small reads, whatever the size. */
export async function findInIndex(read: ReadAt, count: number, hash: ContentHash): Promise<PlacedRecord | null> {
  for (let low = 0, high = count; low < high;) {
    const middle = (low + high) >> 1;
    const entry = await readEntry(read, middle);
    if (entry === null) return null;
    if (entry.hash === hash) return entry;
    if (entry.hash < hash) low = middle + 1;
    else high = middle;
  }
  return null;
}

export async function* entriesOf(read: ReadAt, count: number): AsyncGenerator<PlacedRecord> {
  for (let first = 0; first < count; first += WINDOW) {
    const length = Math.min(WINDOW, count - first);
    const entries = await read(MAGIC.length + first * ENTRY_BYTES, length * ENTRY_BYTES);
    if (entries === null) return;
    for (let place = 0; place < length; place++) yield toRecord(entries, place * ENTRY_BYTES);
  }
}

async function readEntry(read: ReadAt, place: number): Promise<PlacedRecord | null> {
  const entry = await read(MAGIC.length + place * ENTRY_BYTES, ENTRY_BYTES);
  return entry === null ? null : toRecord(entry, 0);
}

const toRecord = (entries: Buffer, at: number): PlacedRecord => ({
  hash: entries.toString('hex', at, at + 32) as ContentHash,
  offset: entries.readUInt32BE(at + 32),
  length: entries.readUInt32BE(at + 36),
});
