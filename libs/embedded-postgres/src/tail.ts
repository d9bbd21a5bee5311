import type { Readable } from 'node:stream';

const LIMIT = 4_000;

/** Keeps reading `stream` and remembers its last few thousand characters; the returned function gives them. */
export function tailOf(stream: Readable | null): () => string {
  let tail = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-LIMIT);
  });
  return () => tail.trim();
}
