import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentHash } from '../content-hash.ts';
import { type Chunk, ManifestError, decodeManifest, encodeManifest } from './manifest.ts';

const chunk = (digit: string, size: number): Chunk => ({ hash: digit.repeat(64) as ContentHash, size });
const raw = (sizes: readonly number[]): Buffer => encodeManifest(sizes.map((size) => chunk('a', size)));

describe('the manifest of a content', () => {
  it('has 32 bytes of hash and 4 bytes of size a chunk', () => {
    const bytes = encodeManifest([chunk('a', 65_536), chunk('0', 3)]);
    expect(bytes.toString('hex')).toBe(`${'a'.repeat(64)}00010000${'0'.repeat(64)}00000003`);
    expect(decodeManifest(bytes, 65_539)).toEqual([chunk('a', 65_536), chunk('0', 3)]);
  });

  it('comes back as it was, also from the middle of a larger buffer', () => {
    const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex') as ContentHash);
    const chunks = fc.array(fc.record({ hash: hashes, size: fc.integer({ min: 65_536, max: 1_048_576 }) }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(chunks, (told) => {
        const inside = Buffer.concat([Buffer.from('xyz'), encodeManifest(told), Buffer.from('z')]).subarray(3, -1);
        expect(decodeManifest(inside)).toEqual(told);
      }),
    );
  });

  it.each([
    ['no bytes', Buffer.alloc(0), undefined, /0 bytes/],
    ['a cut entry', raw([70_000]).subarray(0, 35), undefined, /35 bytes/],
    ['bytes behind the last entry', Buffer.concat([raw([70_000]), Buffer.alloc(1)]), undefined, /37 bytes/],
    ['an empty chunk', raw([70_000, 0]), undefined, /a chunk of 0 bytes/],
    ['a chunk above 1 MiB', raw([1_048_577]), undefined, /a chunk of 1048577 bytes/],
    ['another size than told', raw([70_000, 1]), 70_000, /70001 bytes together, and the content 70000/],
    ['crumbs', raw(Array.from({ length: 100 }, () => 10)), undefined, /100 chunks are too many for 1000 bytes/],
  ])('is refused with %s', (_name, bytes, size, message) => {
    expect(() => decodeManifest(bytes, size)).toThrow(ManifestError);
    expect(() => decodeManifest(bytes, size)).toThrow(message);
  });

  it('may end in a chunk of any size', () => {
    expect(decodeManifest(raw([65_536, 65_536, 1]), 131_073)).toHaveLength(3);
    expect(decodeManifest(raw([1]), 1)).toHaveLength(1);
  });
});
