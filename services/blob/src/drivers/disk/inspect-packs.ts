import type { Flaw } from '../../blobs/blob-store.ts';
import { PACK_MAGIC, type PlacedRecord, recordBytes } from '../../packs/pack-format.ts';
import { countEntries, encodeIndex, entriesOf } from '../../packs/pack-index.ts';
import type { Folder } from './folder.ts';
import { indexName, packIds, packName } from './pack-names.ts';
import { reader, recordsOf } from './pack-records.ts';
import type { TempFiles } from './temp-files.ts';

/** Milliseconds without an addition after which what stands behind the last record is nobody's any more. */
const STILL_MS = 60 * 60_000;

/**
 * Walks every pack by its headers, and holds its index against them. With `repair` a wrong index is written anew from the pack, and one
 * without a pack is removed.
 */
export async function* inspectPacks(packs: Folder, temp: TempFiles, repair: boolean, now: number): AsyncGenerator<Flaw> {
  const names = await packs.names();
  const ids = packIds(names);
  const known = new Set(ids.flatMap((id) => [packName(id), indexName(id)]));
  for (const name of names) {
    if (known.has(name)) continue;
    const isIndex = name.endsWith('.idx');
    if (isIndex && repair) await packs.remove(name);
    yield {
      kind: 'foreign',
      place: `packs/${name}`,
      message: isIndex ? 'the index of a pack that is not there' : 'no file of the store',
      mended: isIndex && repair,
    };
  }
  for (const id of ids) yield* inspectPack(id, packs, temp, repair, now);
}

async function* inspectPack(id: string, packs: Folder, temp: TempFiles, repair: boolean, now: number): AsyncGenerator<Flaw> {
  const handle = await packs.read(packName(id));
  // A compaction has removed it meanwhile.
  if (handle === null) return;
  try {
    const { size, mtimeMs } = await handle.stat();
    const place = `packs/${packName(id)}`;
    const records: PlacedRecord[] = [];
    let end = PACK_MAGIC.length;
    for await (const record of recordsOf(handle)) {
      records.push(record);
      end += recordBytes(record.length);
    }
    if (records.length === 0 && !(await reader(handle)(0, PACK_MAGIC.length))?.equals(PACK_MAGIC)) {
      yield { kind: 'pack', place, message: 'it does not begin as a pack does', mended: false };
      return;
    }
    const wrong = await wrongIndex(id, packs, records);
    if (wrong !== null) {
      if (repair) await temp.publish(packs, indexName(id), encodeIndex(records));
      yield { kind: 'index', place: `packs/${indexName(id)}`, message: wrong, mended: repair };
    }
    // What is being appended at this moment stands behind the last record as well.
    if (end < size && now - mtimeMs > STILL_MS)
      yield { kind: 'tail', place, message: `${size - end} bytes behind the last record, which a killed server left`, mended: false };
  } finally {
    await handle.close();
  }
}

/** What is wrong with the index of a pack that has these records, null when nothing is, or there is none. */
async function wrongIndex(id: string, packs: Folder, records: readonly PlacedRecord[]): Promise<string | null> {
  const index = await packs.read(indexName(id));
  if (index === null) return null;
  try {
    const count = await countEntries(reader(index), (await index.stat()).size);
    if (count === null) return 'it is no index';
    const places = new Set(records.map(({ hash, offset, length }) => `${hash} ${offset} ${length}`));
    let found = 0;
    for await (const { hash, offset, length } of entriesOf(reader(index), count)) {
      if (!places.has(`${hash} ${offset} ${length}`)) return 'it names a content that is not there in the pack';
      found += 1;
    }
    return found === places.size ? null : `it has ${found} of the ${places.size} contents of the pack`;
  } finally {
    await index.close();
  }
}
