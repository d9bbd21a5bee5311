import type { DirectoryRef } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import type { TreeService } from '../history/tree.service.ts';
import { ensureDirectory } from '../store/directory-repository.ts';

/** `POST /api/v1/snapshot`: all live heads at one moment, parents before their children. A directory is made at its first contact. */
export class SnapshotService {
  readonly #db: Queryable;
  readonly #tree: TreeService;

  constructor(db: Queryable, tree: TreeService) {
    this.#db = db;
    this.#tree = tree;
  }

  async stream(ref: DirectoryRef): Promise<AsyncGenerator<string>> {
    await ensureDirectory(this.#db, ref);
    return this.#tree.stream(ref, null);
  }
}
