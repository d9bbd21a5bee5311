import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CHUNKED_BYTES, type Chunk, type ContentHash, ManifestError, decodeManifest } from '@syncpair/contracts';

/** A content together with its chunks, as `decodeManifest` reads them. */
export interface KnownManifest {
  readonly hash: ContentHash;
  readonly manifest: Uint8Array;
}

/**
 * How large contents are cut that this folder has or is about to send. Safe to lose: a file is read once more then. Synchronous; callers
 * group writes in a transaction of the state.
 */
export class ManifestStore {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #latest: StatementSync;
  readonly #unnamed: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#get = database.prepare('SELECT chunks FROM manifest WHERE hash = ?');
    this.#put = database.prepare('INSERT OR REPLACE INTO manifest (hash, chunks) VALUES (?, ?)');
    this.#latest = database.prepare('SELECT hash FROM manifest ORDER BY position DESC');
    // In these words, which are those of the index `base_large`.
    this.#unnamed = database.prepare(
      `SELECT hash FROM manifest WHERE NOT EXISTS (SELECT 1 FROM base WHERE base.hash = manifest.hash AND base.size >= ${CHUNKED_BYTES})`,
    );
    this.#remove = database.prepare('DELETE FROM manifest WHERE hash = ?');
    this.prune(new Set());
  }

  /** The chunks of a content; null where they are not known. */
  chunks(hash: ContentHash): readonly Chunk[] | null {
    const row = this.#get.get(Buffer.from(hash, 'hex')) as { chunks: Uint8Array } | undefined;
    try {
      return row === undefined ? null : decodeManifest(row.chunks);
    } catch (error) {
      if (error instanceof ManifestError) return null;
      throw error;
    }
  }

  put({ hash, manifest }: KnownManifest): void {
    this.#put.run(Buffer.from(hash, 'hex'), manifest);
  }

  /** The contents whose manifests are known, the latest first. */
  hashes(): ContentHash[] {
    return (this.#latest.all() as { hash: Uint8Array }[]).map(({ hash }) => hexOf(hash));
  }

  /** Forgets contents that the base does not name, but for those in `kept`. */
  prune(kept: ReadonlySet<ContentHash>): void {
    for (const { hash } of this.#unnamed.all() as { hash: Uint8Array }[]) if (!kept.has(hexOf(hash))) this.#remove.run(hash);
  }
}

const hexOf = (hash: Uint8Array): ContentHash => Buffer.from(hash).toString('hex') as ContentHash;
