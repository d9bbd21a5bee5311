/** The first `size` bytes of a stream, which is then closed; fewer where it has fewer. */
export async function* firstBytes(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const part of source) {
    yield part.subarray(0, left);
    left -= part.length;
    if (left <= 0) return;
  }
}
