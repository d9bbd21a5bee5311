import { type ContentHash, parseContentHash } from './content-hash.ts';

/**
 * Many small contents in one body: frames of a 32-byte SHA-256, a 4-byte big-endian length and the bytes, one after another. A length of
 * 0xffffffff in an answer says that this content is missing.
 */
export const FRAME_HEADER_BYTES = 36;
export const MISSING_LENGTH = 0xffff_ffff;
/** Bytes; a larger content travels alone. */
export const MAX_FRAME_BYTES = 1024 * 1024;
/** Bytes of all frames of one batch body. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;

export interface Frame {
  readonly hash: ContentHash;
  /** Null: the sender has no such content. */
  readonly bytes: Uint8Array | null;
}

/** The head of a frame; the bytes follow as they are. */
export function encodeFrameHeader(hash: ContentHash, length: number | null): Uint8Array {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.write(hash, 0, 'hex');
  header.writeUInt32BE(length ?? MISSING_LENGTH, 32);
  return header;
}

/** Why a body is not a sequence of frames. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/**
 * Reads frames from chunks as they arrive, holding one frame at a time.
 *
 * @throws {FrameError} when a frame is longer than MAX_FRAME_BYTES or the body ends inside one.
 */
export async function* decodeFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const queue = new ByteQueue();
  for await (const chunk of chunks) {
    queue.push(chunk);
    for (let frame = queue.takeFrame(); frame !== null; frame = queue.takeFrame()) yield frame;
  }
  if (queue.length > 0) throw new FrameError('the body ends inside a frame');
}

class ByteQueue {
  #chunks: Uint8Array[] = [];
  length = 0;

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  takeFrame(): Frame | null {
    if (this.length < FRAME_HEADER_BYTES) return null;
    const header = this.#peek(FRAME_HEADER_BYTES);
    const length = new DataView(header.buffer, header.byteOffset).getUint32(32);
    const missing = length === MISSING_LENGTH;
    if (!missing && length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes; the limit is ${MAX_FRAME_BYTES}`);
    if (!missing && this.length < FRAME_HEADER_BYTES + length) return null;
    this.#take(FRAME_HEADER_BYTES);
    const hash = parseContentHash(Buffer.from(header.subarray(0, 32)).toString('hex'));
    if (!hash.ok) throw new FrameError(hash.reason);
    return { hash: hash.value, bytes: missing ? null : this.#take(length) };
  }

  /** The first `count` bytes, gathered into one chunk that stays in the queue. */
  #peek(count: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    const gathered = this.#take(count);
    this.#chunks.unshift(gathered);
    this.length += count;
    return gathered;
  }

  #take(count: number): Uint8Array {
    this.length -= count;
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) {
      if (first.length === count) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const taken = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const chunk = this.#chunks[0] as Uint8Array;
      const part = chunk.subarray(0, count - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    return taken;
  }
}
