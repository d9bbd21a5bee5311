import {
  DomainError,
  type Frame,
  FrameError,
  MAX_BATCH_BYTES,
  MAX_BATCH_FRAMES,
  FRAME_HEADER_BYTES,
  decodeFrames,
} from '@syncpair/contracts';
import { endedEarly } from '../blobs/refusals.ts';

const MAX_BODY_BYTES = MAX_BATCH_BYTES + MAX_BATCH_FRAMES * FRAME_HEADER_BYTES;

/** Frames of a body of bounded length. The bytes of one are there until the next one is asked for. */
export const readFrames = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> => decodeFrames(bounded(chunks), 'until the next');

async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES)
      throw new DomainError('too_large', `a batch holds at most ${MAX_BATCH_BYTES} bytes in ${MAX_BATCH_FRAMES} contents`);
    yield chunk;
  }
}

/** Runs what reads a body; tells its sender what is wrong with the body, and takes a lost connection for what it is. */
export async function readBody<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FrameError) throw new DomainError('invalid_request', `the body is not what this route takes: ${error.message}`);
    if (error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw endedEarly();
    throw error;
  }
}
