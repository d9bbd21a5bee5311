import { type Readable, finished } from 'node:stream';

/** Bytes that wait for the reader before the stream has to wait. */
const MOST_WAITING = 256 * 1024;

/**
 * The bytes of a stream, piece by piece as they arrive. Unlike the stream's own iterator it never joins what waits, which would copy it and
 * leave the pieces to the collector; and who stops early leaves the stream open, paused, as it is.
 *
 * @throws what the stream failed with, `ERR_STREAM_PREMATURE_CLOSE` when it was closed before its end
 */
export async function* piecesOf(stream: Readable): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let waiting = 0;
  let end: { readonly error: unknown } | null = null;
  let wake: () => void = () => undefined;
  const onData = (piece: Uint8Array): void => {
    pieces.push(piece);
    waiting += piece.length;
    if (waiting >= MOST_WAITING) stream.pause();
    wake();
  };
  const unwatch = finished(stream, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  stream.on('data', onData);
  try {
    for (;;) {
      const piece = pieces.shift();
      if (piece !== undefined) {
        waiting -= piece.length;
        yield piece;
        continue;
      }
      if (end !== null) break;
      if (stream.isPaused()) stream.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stream.off('data', onData).pause();
    unwatch();
  }
  const { error } = end as { readonly error: unknown };
  if (error !== undefined && error !== null) throw error;
}
