import { FrameError } from './blob-frames.ts';

/**
 * `POST /blobs/batch` begins with its grants, for they outgrow a header: a 4-byte big-endian length, then that many bytes of tokens, one a
 * line. Frames follow. A length of 0 says that the grant stands in the header.
 */
export const MAX_PREAMBLE_BYTES = 8 * 1024 * 1024;
/** Bytes of grants and receipts before a manifest, which cover every chunk of one content. */
export const MAX_MANIFEST_PREAMBLE_BYTES = 64 * 1024 * 1024;
/** Contents in one batch: what one receipt holds. */
export const MAX_BATCH_FRAMES = 1_000;

export function encodeBatchPreamble(grants: readonly string[]): Uint8Array {
  const tokens = Buffer.from(grants.join('\n'));
  const preamble = Buffer.alloc(4 + tokens.length);
  preamble.writeUInt32BE(tokens.length);
  preamble.set(tokens, 4);
  return preamble;
}

/**
 * Reads the grants at the head of a batch body; `frames` is what follows, for `decodeFrames`.
 *
 * @param limit bytes of the preamble
 * @throws {FrameError} when the preamble is longer than its limit or the body ends inside it.
 */
export async function decodeBatchPreamble(
  chunks: AsyncIterable<Uint8Array>,
  limit = MAX_PREAMBLE_BYTES,
): Promise<{ readonly grants: string[]; readonly frames: AsyncIterable<Uint8Array> }> {
  const source = chunks[Symbol.asyncIterator]();
  let head = await atLeast(source, Buffer.alloc(0), 4);
  const tokens = head.readUInt32BE();
  if (tokens > limit) throw new FrameError(`grants of ${tokens} bytes; the limit is ${limit}`);
  head = await atLeast(source, head, 4 + tokens);
  const grants = head
    .toString('latin1', 4, 4 + tokens)
    .split('\n')
    .filter(Boolean);
  return { grants, frames: rest(head.subarray(4 + tokens), source) };
}

/** `head` and as many chunks after it as make up `count` bytes. */
async function atLeast(source: AsyncIterator<Uint8Array>, head: Buffer, count: number): Promise<Buffer> {
  const gathered: Uint8Array[] = [head];
  for (let length = head.length; length < count;) {
    const next = await source.next();
    if (next.done === true) throw new FrameError('the body ends inside its grants');
    gathered.push(next.value);
    length += next.value.length;
  }
  return gathered.length === 1 ? head : Buffer.concat(gathered);
}

async function* rest(first: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
