import { type ContentHash, parseContentHash } from './content-hash.ts';
import { freeBytes } from './free-bytes.ts';

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

/** Bytes for frames that are all small. */
const SMALL_ROOM_BYTES = 64 * 1024;

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
 * Whose the bytes of a frame are: the caller's `forever`, or his only `until the next` frame is asked for, for then the same memory holds
 * that one. New memory for each chunk of a large content costs more than the copy into it.
 */
export type FrameMemory = 'forever' | 'until the next';

/**
 * Reads frames from chunks as they arrive, holding one frame at a time. The chunks are given over: what was copied out of is freed.
 *
 * @throws {FrameError} when a frame is longer than MAX_FRAME_BYTES or the body ends inside one.
 */
export async function* decodeFrames(chunks: AsyncIterable<Uint8Array>, memory: FrameMemory = 'forever'): AsyncGenerator<Frame> {
  const queue = new ByteQueue(memory);
  for await (const chunk of chunks) {
    queue.push(chunk);
    for (let frame = queue.takeFrame(); frame !== null; frame = queue.takeFrame()) yield frame;
  }
  if (queue.length > 0) throw new FrameError('the body ends inside a frame');
}

/** A chunk, and how far it was read. */
interface Piece {
  readonly bytes: Uint8Array;
  at: number;
  /** Somebody got a view of it. */
  isShared: boolean;
}

class ByteQueue {
  readonly #memory: FrameMemory;
  readonly #pieces: Piece[] = [];
  /** What holds one frame after another. */
  #room = Buffer.alloc(0);
  /** Read to their end; the last frame may be a part of one. */
  #lent: Piece[] = [];
  length = 0;

  constructor(memory: FrameMemory) {
    this.#memory = memory;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push({ bytes, at: 0, isShared: false });
    this.length += bytes.length;
  }

  takeFrame(): Frame | null {
    for (const { bytes } of this.#lent) freeBytes(bytes);
    this.#lent = [];
    if (this.length < FRAME_HEADER_BYTES) return null;
    const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
    this.#copy(header);
    const length = header.readUInt32BE(32);
    const missing = length === MISSING_LENGTH;
    if (!missing && length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes; the limit is ${MAX_FRAME_BYTES}`);
    if (!missing && this.length < FRAME_HEADER_BYTES + length) return null;
    this.#drop(FRAME_HEADER_BYTES);
    const hash = parseContentHash(header.toString('hex', 0, 32));
    if (!hash.ok) throw new FrameError(hash.reason);
    return { hash: hash.value, bytes: missing ? null : this.#take(length) };
  }

  #take(count: number): Uint8Array {
    const first = this.#pieces[0];
    if (first !== undefined && first.bytes.length - first.at >= count) {
      first.isShared = true;
      const taken = first.bytes.subarray(first.at, first.at + count);
      this.#drop(count);
      return taken;
    }
    const taken = this.#memory === 'forever' ? Buffer.allocUnsafeSlow(count) : this.#roomFor(count);
    this.#copy(taken);
    this.#drop(count);
    return taken;
  }

  #roomFor(count: number): Buffer {
    if (count > this.#room.length) {
      freeBytes(this.#room);
      this.#room = Buffer.allocUnsafeSlow(count > SMALL_ROOM_BYTES ? MAX_FRAME_BYTES : SMALL_ROOM_BYTES);
    }
    return this.#room.subarray(0, count);
  }

  /** Fills `target` with the first bytes, which stay in the queue. */
  #copy(target: Uint8Array): void {
    let filled = 0;
    for (let index = 0; filled < target.length; index++) {
      const { bytes, at } = this.#pieces[index] as Piece;
      const part = bytes.subarray(at, at + target.length - filled);
      target.set(part, filled);
      filled += part.length;
    }
  }

  #drop(count: number): void {
    this.length -= count;
    for (let left = count; left > 0;) {
      const piece = this.#pieces[0] as Piece;
      const part = Math.min(left, piece.bytes.length - piece.at);
      piece.at += part;
      left -= part;
      if (piece.at < piece.bytes.length) return;
      this.#pieces.shift();
      if (!piece.isShared) freeBytes(piece.bytes);
      else if (this.#memory === 'until the next') this.#lent.push(piece);
    }
  }
}
