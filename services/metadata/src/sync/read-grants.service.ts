import { type ContentHash, type DirectoryRef, type ReadGrantsResponseJson, directoryKey } from '@syncpair/contracts';
import type { GrantSigner } from '../auth/grant-signer.ts';
import type { Principal } from '../auth/principal.ts';
import { signGrants } from '../content/sign-grants.ts';
import type { Queryable } from '../database/database.ts';
import { contentsOfDirectory } from '../store/content-repository.ts';
import { findDirectory } from '../store/directory-repository.ts';

/** `POST /api/v1/grants`: leave to read contents of versions in a directory that the principal may read. */
export class ReadGrantsService {
  readonly #db: Queryable;
  readonly #signer: GrantSigner;
  readonly #clock: () => number;

  constructor(db: Queryable, signer: GrantSigner, clock: () => number) {
    this.#db = db;
    this.#signer = signer;
    this.#clock = clock;
  }

  async grant(principal: Principal, ref: DirectoryRef, hashes: readonly ContentHash[]): Promise<ReadGrantsResponseJson> {
    const directory = await findDirectory(this.#db, directoryKey(ref));
    if (directory === null) return { grants: [] };
    const contents = await contentsOfDirectory(this.#db, directory.id, [...new Set(hashes)]);
    return { grants: signGrants(this.#signer, 'read', principal.id, contents, this.#clock()) };
  }
}
