import type { FileHandle } from 'node:fs/promises';
import { PACK_MAGIC, type PlacedRecord, RECORD_HEADER_BYTES, readRecordHeader } from '../../packs/pack-format.ts';
import type { ReadAt } from '../../packs/pack-index.ts';
import { readFully } from './write-fully.ts';

export const reader =
  (handle: FileHandle): ReadAt =>
  (position, length) =>
    readFully(handle, position, length);

/** The record whose content begins at `offset`, when all of it is inside the file. */
export async function recordAt(handle: FileHandle, offset: number): Promise<PlacedRecord | null> {
  const start = offset - RECORD_HEADER_BYTES;
  if (start < PACK_MAGIC.length) return null;
  const header = await readFully(handle, start, RECORD_HEADER_BYTES);
  const record = header === null ? null : readRecordHeader(header, 0);
  if (record === null || offset + record.length > (await handle.stat()).size) return null;
  return { ...record, offset };
}

/** Walks a pack from its front to its end, or to the torn tail of a process that was killed. */
export async function* recordsOf(handle: FileHandle): AsyncGenerator<PlacedRecord> {
  const magic = await readFully(handle, 0, PACK_MAGIC.length);
  if (magic === null || !magic.equals(PACK_MAGIC)) return;
  for (let offset = PACK_MAGIC.length + RECORD_HEADER_BYTES; ;) {
    const record = await recordAt(handle, offset);
    if (record === null) return;
    yield record;
    offset += record.length + RECORD_HEADER_BYTES;
  }
}
