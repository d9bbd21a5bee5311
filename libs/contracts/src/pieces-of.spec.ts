import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { piecesOf } from './pieces-of.ts';

const KIB = 1024;

describe('piecesOf', () => {
  it('gives every piece as it arrived, also those that waited, and none joined', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const sent = Array.from({ length: 40 }, (_, index) => Buffer.alloc(64 * KIB, index));
    void (async () => {
      for (const piece of sent) if (!stream.write(piece)) await new Promise((resolve) => stream.once('drain', resolve));
      stream.end();
    })();
    const arrived: Uint8Array[] = [];
    for await (const piece of piecesOf(stream)) arrived.push(piece);
    expect(arrived.every((piece, index) => piece === sent[index])).toBe(true);
    expect(arrived).toHaveLength(sent.length);
  });

  it('lets the stream wait while nobody reads', async () => {
    const stream = new PassThrough({ highWaterMark: KIB });
    const pieces = piecesOf(stream);
    stream.write(Buffer.alloc(1));
    await pieces.next();
    let taken = 0;
    while (taken < 100 && stream.write(Buffer.alloc(64 * KIB))) {
      taken += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(taken).toBeLessThan(10);
    await pieces.return(undefined);
  });

  it('throws what the stream failed with, after what had arrived', async () => {
    const stream = new PassThrough();
    const pieces = piecesOf(stream);
    stream.write('one');
    expect(String((await pieces.next()).value)).toBe('one');
    stream.destroy(new Error('it broke'));
    await expect(pieces.next()).rejects.toThrow('it broke');
  });

  it('throws when the stream is closed before its end', async () => {
    const stream = new PassThrough();
    const pieces = piecesOf(stream);
    const next = pieces.next();
    stream.destroy();
    await expect(next).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  it('leaves the stream open for whoever stops early', async () => {
    const stream = new PassThrough();
    stream.write('one');
    for await (const _piece of piecesOf(stream)) break;
    stream.end('two');
    expect(stream.destroyed).toBe(false);
    let rest = '';
    for await (const piece of piecesOf(stream)) rest += String(piece);
    expect(rest).toBe('two');
  });
});
