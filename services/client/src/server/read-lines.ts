import { ServerError } from './server-error.ts';

const LINE_FEED = 0x0a;

/**
 * Lines of UTF-8 without their ends, as many at once as each piece of the body completes; empty lines are left out.
 *
 * @throws {ServerError} when a line is longer than `maxBytes`, or the body ends inside one.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<readonly string[]> {
  let begun: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end >= 0) {
      const lines = Buffer.concat([...begun, chunk.subarray(0, end)], length + end)
        .toString('utf8')
        .split('\n');
      if (lines.some((line) => line.length > maxBytes)) throw tooLong(maxBytes);
      const filled = lines.filter((line) => line !== '');
      if (filled.length > 0) yield filled;
      [begun, length] = [[], 0];
    }
    if (end + 1 === chunk.length) continue;
    begun.push(chunk.subarray(end + 1));
    length += chunk.length - end - 1;
    if (length > maxBytes) throw tooLong(maxBytes);
  }
  if (length > 0) throw new ServerError('unreachable', 'the answer was cut inside a line');
}

const tooLong = (maxBytes: number): ServerError => new ServerError('foreign', `the answer has a line of more than ${maxBytes} bytes`);
