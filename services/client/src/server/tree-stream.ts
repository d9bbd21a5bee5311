import { type Head, type Seq, headSchema, snapshotEndSchema, snapshotHeaderSchema } from '@syncpair/contracts';
import { ServerError } from './server-error.ts';

/** A list of heads, and the moment that it is of. */
export interface TreeStream {
  readonly epoch: string;
  /** The commit after which the directory was as the list says. */
  readonly seq: Seq;
  /** Throws at the end when the list was cut. */
  readonly heads: AsyncIterable<Head>;
}

/** Reads the lines of a tree: header, heads, end. @throws {ServerError} when a line is not understood, or the end line never comes. */
export async function readTree(body: AsyncIterable<Uint8Array>): Promise<TreeStream> {
  const lines = readLines(body);
  const first = await lines.next();
  if (first.done === true) throw cut();
  const header = snapshotHeaderSchema.safeParse(parse(first.value));
  if (!header.success) throw notUnderstood();
  const { epoch, seq } = header.data;
  return { epoch, seq, heads: readHeads(lines) };
}

async function* readHeads(lines: AsyncIterable<string>): AsyncGenerator<Head> {
  let heads = 0;
  for await (const line of lines) {
    const value = parse(line);
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
  throw cut();
}

const cut = (): ServerError => new ServerError('unreachable', 'the list was cut before its end');
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
