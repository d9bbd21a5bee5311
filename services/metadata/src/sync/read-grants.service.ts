import {
  type ContentHash,
  type DirectoryRef,
  MAX_MANIFEST_ANSWER_BYTES,
  type ReadGrantsResponseJson,
  directoryKey,
  parseManifestLocation,
} from '@syncpair/contracts';
import type { GrantSigner } from '../auth/grant-signer.ts';
import type { Principal } from '../auth/principal.ts';
import type { ManifestReader } from '../content/manifest-reader.ts';
import { signGrants } from '../content/sign-grants.ts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Queryable } from '../database/database.ts';
import { readableInDirectory } from '../store/content-repository.ts';
import { findDirectory } from '../store/directory-repository.ts';

export interface ReadGrantsParts {
  readonly signer: GrantSigner;
  readonly manifests: ManifestReader;
  readonly warn: (message: string) => void;
}

type Manifests = {
  readonly manifests: { readonly hash: ContentHash; readonly manifest: string }[];
  readonly manifests_left: ContentHash[];
};

/** `POST /api/v1/grants`: leave to read contents of versions in a directory that the principal may read, whole or chunk by chunk. */
export class ReadGrantsService {
  readonly #db: Queryable;
  readonly #parts: ReadGrantsParts;
  readonly #clock: () => number;

  constructor(db: Queryable, parts: ReadGrantsParts, clock: () => number) {
    this.#db = db;
    this.#parts = parts;
    this.#clock = clock;
  }

  async grant(
    principal: Principal,
    ref: DirectoryRef,
    asked: { readonly hashes: readonly ContentHash[]; readonly manifests: boolean },
  ): Promise<ReadGrantsResponseJson> {
    const directory = await findDirectory(this.#db, directoryKey(ref));
    if (directory === null) return { grants: [] };
    const contents = await readableInDirectory(this.#db, directory.id, [...new Set(asked.hashes)]);
    const grants = signGrants(this.#parts.signer, 'read', principal.id, contents, this.#clock());
    return asked.manifests ? { grants, ...(await this.#manifestsOf(principal, contents)) } : { grants };
  }

  async #manifestsOf(principal: Principal, contents: readonly UsableContent[]): Promise<Manifests> {
    const found: Manifests = { manifests: [], manifests_left: [] };
    let bytes = 0;
    for (const { hash, location, size } of contents) {
      const at = parseManifestLocation(location);
      if (at === null) continue;
      if (bytes >= MAX_MANIFEST_ANSWER_BYTES) {
        found.manifests_left.push(hash);
        continue;
      }
      const read = await this.#parts.manifests.read(principal.id, at, size);
      if (read === null) {
        // The content is asked for whole then, and that meets the cause.
        this.#parts.warn(`the manifest of the content ${hash} cannot be read`);
        continue;
      }
      bytes += read.bytes.length;
      found.manifests.push({ hash, manifest: Buffer.from(read.bytes).toString('base64') });
    }
    return found;
  }
}
