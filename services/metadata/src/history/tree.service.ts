import { type DirectoryRef, DomainError, type Nanoseconds, type Seq, directoryKey, encodeHead } from '@syncpair/contracts';
import type { Database, Transaction } from '../database/database.ts';
import { findDirectory } from '../store/directory-repository.ts';
import { streamHeads, streamHeadsAt } from '../store/head-stream.ts';
import { momentSeq } from './moment-seq.ts';

/** Everything that is live in a directory, or was at a moment, as NDJSON chunks of one consistent reading. */
export class TreeService {
  readonly #database: Database;
  readonly #serverId: string;

  constructor(database: Database, serverId: string) {
    this.#database = database;
    this.#serverId = serverId;
  }

  /** @throws {DomainError} `not_found`, `history_expired`, before the first chunk. */
  async stream(ref: DirectoryRef, at: { readonly time: Nanoseconds } | { readonly seq: Seq } | null): Promise<AsyncGenerator<string>> {
    const directory = await findDirectory(this.#database, directoryKey(ref));
    if (directory === null) throw new DomainError('not_found', `no directory "${ref.name}"`);
    if (at !== null) await momentSeq(this.#database, directory, at);
    return this.#database.streaming((transaction) => lines(transaction, this.#serverId, ref, at));
  }
}

async function* lines(
  transaction: Transaction,
  server: string,
  ref: DirectoryRef,
  at: { readonly time: Nanoseconds } | { readonly seq: Seq } | null,
): AsyncGenerator<string> {
  const directory = await findDirectory(transaction, directoryKey(ref));
  if (directory === null) return;
  const seq = at === null ? directory.head : await momentSeq(transaction, directory, at);
  const mark = seq === directory.head ? directory.mark : null;
  yield line({ epoch: directory.epoch, seq: String(seq), mark, server });
  let heads = 0;
  const batches = seq === directory.head ? streamHeads(transaction, directory.id) : streamHeadsAt(transaction, directory.id, seq);
  for await (const batch of batches) {
    heads += batch.length;
    yield batch.map((head) => line(encodeHead(head))).join('');
  }
  yield line({ end: true, heads });
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
