import { type Head, ROUTES, headSchema, snapshotEndSchema, snapshotHeaderSchema } from '@syncpair/contracts';
import { type DirectoryLink, checked, directoryOf, postJson } from './directory-link.ts';
import { refuseUnlessSuccess } from './read-json.ts';
import { readLines } from './read-lines.ts';
import { ServerError } from './server-error.ts';
import type { Snapshot } from './sync-server.ts';

const HEADS_IN_A_BATCH = 500;
/** Bytes; a head with the longest path and link target, every character escaped, is well below. */
const MAX_LINE_BYTES = 64 * 1024;

export async function snapshot(link: DirectoryLink): Promise<Snapshot> {
  const answer = await postJson(link, ROUTES.snapshot, directoryOf(link));
  await refuseUnlessSuccess(answer, 'application/x-ndjson');
  const lines = readLines(answer.body, MAX_LINE_BYTES);
  try {
    const first = await lines.next();
    if (first.done === true) throw cut();
    const { epoch, seq } = checked(parse(first.value), snapshotHeaderSchema, 'the header of the snapshot');
    return { epoch, seq, heads: readHeads(lines) };
  } catch (error) {
    answer.discard();
    throw error;
  }
}

async function* readHeads(lines: AsyncGenerator<string>): AsyncGenerator<readonly Head[]> {
  let batch: Head[] = [];
  let count = 0;
  for await (const line of lines) {
    const value = parse(line);
    if (isEnd(value)) {
      const { heads } = checked(value, snapshotEndSchema, 'the end of the snapshot');
      if (heads !== count) throw new ServerError('foreign', `the snapshot has ${count} heads and says ${heads}`);
      await refuseMore(lines);
      if (batch.length > 0) yield batch;
      return;
    }
    batch.push(checked(value, headSchema, `head ${count + 1} of the snapshot`));
    count += 1;
    if (batch.length < HEADS_IN_A_BATCH) continue;
    yield batch;
    batch = [];
  }
  throw cut();
}

const isEnd = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.hasOwn(value, 'end');

async function refuseMore(lines: AsyncGenerator<string>): Promise<void> {
  if ((await lines.next()).done !== true) throw new ServerError('foreign', 'the snapshot goes on after its end');
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ServerError('foreign', 'a line of the snapshot is not JSON');
  }
}

const cut = (): ServerError => new ServerError('unreachable', 'the snapshot was cut before its end');
