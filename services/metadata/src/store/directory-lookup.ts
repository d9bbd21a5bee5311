import { type DirectoryKey, type DirectoryRef, directoryKey } from '@syncpair/contracts';
import { AskedTogether } from '../database/asked-together.ts';
import type { Queryable } from '../database/database.ts';
import { type MarkedDirectory, ensureDirectory, findDirectories } from './directory-repository.ts';

/** The directories of requests, with one statement for those that come at the same time. */
export class DirectoryLookup {
  readonly #db: Queryable;
  readonly #asked: AskedTogether<DirectoryKey, MarkedDirectory | null>;

  constructor(db: Queryable) {
    this.#db = db;
    this.#asked = new AskedTogether(async (keys) => {
      const found = await findDirectories(db, [...new Set(keys)]);
      return keys.map((key) => found.get(key) ?? null);
    });
  }

  /** The directory, made at its first contact; never older than the question. */
  async ensure(ref: DirectoryRef): Promise<MarkedDirectory> {
    return (await this.#asked.ask(directoryKey(ref))) ?? ensureDirectory(this.#db, ref);
  }
}
