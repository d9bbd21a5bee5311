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
    const [header = '', ...rest] = first.value;
    const { epoch, seq, mark = null, server = null } = checked(parse(header), snapshotHeaderSchema, 'the header of the snapshot');
    return { epoch, seq, mark, server, heads: readHeads(rest, lines) };
  } catch (error) {
    answer.discard();
    throw error;
  }
}

async function* readHeads(first: readonly string[], lines: AsyncIterable<readonly string[]>): AsyncGenerator<readonly Head[]> {
  const reader = new HeadReader();
  yield* reader.take(first);
  for await (const some of lines) yield* reader.take(some);
  yield* reader.finish();
}

/** Gathers heads into batches, and holds the end line to what it says. */
class HeadReader {
  #batch: Head[] = [];
  #count = 0;
  #ended = false;

  *take(lines: readonly string[]): Generator<readonly Head[]> {
    for (const line of lines) {
      if (this.#ended) throw new ServerError('foreign', 'the snapshot goes on after its end');
      const value = parse(line);
      if (isEnd(value)) this.#end(value);
      else this.#batch.push(checked(value, headSchema, `head ${(this.#count += 1)} of the snapshot`));
      if (this.#batch.length === HEADS_IN_A_BATCH) yield this.#flush();
    }
  }

  /** The last batch counts only when the end was there. */
  *finish(): Generator<readonly Head[]> {
    if (!this.#ended) throw cut();
    if (this.#batch.length > 0) yield this.#flush();
  }

  #end(value: unknown): void {
    const { heads } = checked(value, snapshotEndSchema, 'the end of the snapshot');
    if (heads !== this.#count) throw new ServerError('foreign', `the snapshot has ${this.#count} heads and says ${heads}`);
    this.#ended = true;
  }

  #flush(): readonly Head[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }
}

const isEnd = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.hasOwn(value, 'end');

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ServerError('foreign', 'a line of the snapshot is not JSON');
  }
}

const cut = (): ServerError => new ServerError('unreachable', 'the snapshot was cut before its end');
