import { ServerError } from './server-error.ts';

const LINE_FEED = 0x0a;

/**
 * Lines of UTF-8 as they arrive, without their ends; an empty line is left out.
 *
 * @throws {ServerError} when a line is longer than `maxBytes`, or the body ends inside one.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      pending.push(chunk.subarray(from, end));
      length += end - from;
      from = end + 1;
      if (length > maxBytes) throw tooLong(maxBytes);
      if (length > 0) yield Buffer.concat(pending, length).toString('utf8');
      pending = [];
      length = 0;
    }
    if (from === chunk.length) continue;
    pending.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > maxBytes) throw tooLong(maxBytes);
  }
  if (length > 0) throw new ServerError('unreachable', 'the answer was cut inside a line');
}

const tooLong = (maxBytes: number): ServerError => new ServerError('foreign', `the answer has a line of more than ${maxBytes} bytes`);
