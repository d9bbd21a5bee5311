import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrames, encodeFrameHeader } from './blob-frames.ts';
import type { ContentHash } from './content-hash.ts';

const hashOf = (bytes: Uint8Array): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;

/** The bytes in parts of these sizes, each in memory of its own, as sockets give them. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] as number;
    yield new Uint8Array(bytes.subarray(at, at + size));
    at += size;
  }
}

async function* inTurn<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe('decodeFrames', () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 60_000, max: 200_000 })), { minLength: 1, maxLength: 12 });
  const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 10_000, max: 300_000 })), {
    minLength: 1,
    maxLength: 5,
  });

  it.each(['forever', 'until the next'] as const)(
    'gives every frame its own bytes, however they arrive; they are its reader’s %s',
    async (memory) => {
      await fc.assert(
        fc.asyncProperty(lengths, pieces, async (sizes, parts) => {
          const contents = sizes.map((size, index) => Buffer.alloc(size, index + 1));
          const body = Buffer.concat(contents.flatMap((bytes) => [encodeFrameHeader(hashOf(bytes), bytes.length), bytes]));
          const told: string[] = [];
          const held: string[] = [];
          const frames: Uint8Array[] = [];
          // Cut into ever so small pieces, large frames would take minutes.
          const steps = body.length > 50_000 ? parts.map((size) => size + 5_000) : parts;
          for await (const { hash, bytes } of decodeFrames(inTurn(cut(body, steps)), memory)) {
            told.push(hash);
            held.push(hashOf(bytes as Uint8Array));
            frames.push(bytes as Uint8Array);
          }
          expect(told).toEqual(contents.map(hashOf));
          expect(held).toEqual(told);
          if (memory === 'forever') expect(frames.map(hashOf)).toEqual(told);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('uses the same memory again for who needs a frame until the next only', async () => {
    const contents = [1, 2, 3].map((value) => Buffer.alloc(200_000, value));
    const body = Buffer.concat(contents.flatMap((bytes) => [encodeFrameHeader(hashOf(bytes), bytes.length), bytes]));
    const buffers = new Set<ArrayBufferLike>();
    for await (const { bytes } of decodeFrames(inTurn(cut(body, [64 * 1024])), 'until the next'))
      if (bytes !== null) buffers.add(bytes.buffer);
    expect(buffers.size).toBe(1);
  });
});
