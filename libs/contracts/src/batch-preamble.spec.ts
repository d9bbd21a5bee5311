import { describe, expect, it } from 'vitest';
import { MAX_PREAMBLE_BYTES, decodeBatchPreamble, encodeBatchPreamble } from './batch-preamble.ts';
import { FrameError, decodeFrames, encodeFrameHeader } from './blob-frames.ts';
import { EMPTY_HASH } from './content-hash.ts';

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const body = (grants: string[]): Buffer =>
  Buffer.concat([encodeBatchPreamble(grants), encodeFrameHeader(EMPTY_HASH, 0), encodeFrameHeader(EMPTY_HASH, null)]);

describe('the preamble of a batch', () => {
  it.each([
    [1, []],
    [3, ['k.a.b']],
    [7, ['k.a.b', 'k.c.d']],
    [100_000, ['x'.repeat(65_000), 'y'.repeat(65_000)]],
  ])('comes back from chunks of %i bytes, with the frames behind it', async (size, grants) => {
    const decoded = await decodeBatchPreamble(chunked(body(grants), size));
    expect(decoded.grants).toEqual(grants);
    const lengths: (number | null)[] = [];
    for await (const frame of decodeFrames(decoded.frames)) lengths.push(frame.bytes?.length ?? null);
    expect(lengths).toEqual([0, null]);
  });

  it('is refused when it is cut or larger than allowed', async () => {
    await expect(decodeBatchPreamble(chunked(Buffer.alloc(3), 1))).rejects.toThrow(FrameError);
    await expect(decodeBatchPreamble(chunked(body(['k.a.b']).subarray(0, 8), 2))).rejects.toThrow(FrameError);
    const huge = Buffer.alloc(4);
    huge.writeUInt32BE(MAX_PREAMBLE_BYTES + 1);
    await expect(decodeBatchPreamble(chunked(huge, 4))).rejects.toThrow(FrameError);
  });
});
