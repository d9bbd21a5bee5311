import { createHash } from 'node:crypto';
import type { ContentHash } from '@syncpair/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlacedRecord, RECORD_HEADER_BYTES, readRecordHeader, writeRecordHeader } from './pack-format.ts';
import { countEntries, encodeIndex, entriesOf, findInIndex } from './pack-index.ts';
import { planReads } from './read-plan.ts';

const hashOf = (text: string): ContentHash => createHash('sha256').update(text).digest('hex') as ContentHash;

describe('a record header', () => {
  it('comes back, and is told from any other bytes', () => {
    const header = Buffer.alloc(RECORD_HEADER_BYTES + 10);
    writeRecordHeader(header, 5, { hash: hashOf('a'), length: 7 });
    expect(readRecordHeader(header, 5)).toEqual({ hash: hashOf('a'), length: 7 });
    expect(readRecordHeader(header, 4)).toBe(null);
    expect(readRecordHeader(header, 20)).toBe(null);
    for (let at = 5; at < 5 + RECORD_HEADER_BYTES; at++) {
      const damaged = Buffer.from(header);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      expect(readRecordHeader(damaged, 5)).toBe(null);
    }
  });
});

describe('a pack index', () => {
  it.each([0, 1, 2, 3, 1000])('finds each of %i records, and no other', async (count) => {
    const records: PlacedRecord[] = Array.from({ length: count }, (_, index) => ({
      hash: hashOf(`${index}`),
      offset: index * 100,
      length: index,
    }));
    const bytes = encodeIndex(records);
    const read = async (at: number, length: number): Promise<Buffer | null> =>
      at + length <= bytes.length ? bytes.subarray(at, at + length) : null;
    expect(await countEntries(read, bytes.length)).toBe(count);
    expect(await countEntries(read, bytes.length - 1)).toBe(null);
    for (const record of records) expect(await findInIndex(read, count, record.hash)).toEqual(record);
    expect(await findInIndex(read, count, hashOf('absent'))).toBe(null);
    let listed = 0;
    for await (const _entry of entriesOf(read, count)) listed++;
    expect(listed).toBe(count);
  });
});

describe('planReads', () => {
  it('covers every piece once, inside a span of its pack, whatever the order', () => {
    const piece = fc.record({ pack: fc.constantFrom('a', 'b'), offset: fc.nat(5_000_000), length: fc.nat(1_048_576) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const spans = planReads(pieces);
        expect(spans.flatMap((span) => span.pieces)).toHaveLength(pieces.length);
        for (const span of spans) {
          expect(span.end - span.start).toBeLessThanOrEqual(2 * 1024 * 1024);
          for (const { pack, offset, length } of span.pieces)
            expect(pack === span.pack && offset >= span.start && offset + length <= span.end).toBe(true);
        }
      }),
    );
  });
  it('reads neighbours together', () => {
    const pieces = Array.from({ length: 1000 }, (_, index) => ({ pack: 'a', offset: 100 + index * 144, length: 100 }));
    expect(planReads(pieces)).toHaveLength(1);
  });
});
