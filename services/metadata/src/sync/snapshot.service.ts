import { type DirectoryRef, type HeadJson, directoryKey, encodeHead } from '@syncpair/contracts';
import type { Database } from '../database/database.ts';
import { ensureDirectory, findDirectory } from '../store/directory-repository.ts';
import { streamHeads } from '../store/head-stream.ts';

/** Lines joined into one chunk of the stream. */
export type SnapshotLine = { epoch: string; seq: string } | HeadJson | { end: true; heads: number };

/** `POST /api/v1/snapshot`: all live heads at one moment, parents before their children. */
export class SnapshotService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Chunks of NDJSON, made as they are read: memory stays flat however large the directory is. */
  async *stream(ref: DirectoryRef): AsyncGenerator<string> {
    await ensureDirectory(this.#database, ref);
    yield* this.#database.streaming(async function* (transaction) {
      const directory = await findDirectory(transaction, directoryKey(ref));
      if (directory === null) return;
      yield line({ epoch: directory.epoch, seq: String(directory.head) });
      let heads = 0;
      for await (const batch of streamHeads(transaction, directory.id)) {
        heads += batch.length;
        yield batch.map((head) => line(encodeHead(head))).join('');
      }
      yield line({ end: true, heads });
    });
  }
}

const line = (value: SnapshotLine): string => `${JSON.stringify(value)}\n`;
