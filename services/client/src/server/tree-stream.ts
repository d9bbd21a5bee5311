import { type Head, headSchema, snapshotEndSchema, snapshotHeaderSchema } from '@syncpair/contracts';
import { ServerError } from './server-error.ts';

/** Reads the lines of a tree: header, heads, end. @throws {ServerError} when a line is not understood, or the end line never comes. */
export async function* readTree(body: AsyncIterable<Uint8Array>): AsyncGenerator<Head> {
  let heads = 0;
  let begun = false;
  for await (const line of readLines(body)) {
    const value = parse(line);
    if (!begun) {
      if (!snapshotHeaderSchema.safeParse(value).success) throw notUnderstood();
      begun = true;
      continue;
    }
    const end = snapshotEndSchema.safeParse(value);
    if (end.success) {
      if (end.data.heads !== heads) throw new ServerError('foreign', `the list has ${heads} of ${end.data.heads} paths`);
      return;
    }
    const head = headSchema.safeParse(value);
    if (!head.success) throw notUnderstood();
    heads += 1;
    yield head.data;
  }
  throw new ServerError('unreachable', 'the list was cut before its end');
}

const notUnderstood = (): ServerError =>
  new ServerError('foreign', "a line of the server's list is not understood; are both sides up to date?");

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw notUnderstood();
  }
}

async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
