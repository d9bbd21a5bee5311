import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CHUNKED_BYTES, type Chunk, type ContentHash, ManifestError, decodeManifest } from '@syncpair/contracts';

/** A content together with its chunks, as `decodeManifest` reads them. */
export interface KnownManifest {
  readonly hash: ContentHash;
  readonly manifest: Uint8Array;
}

/** Contents with a chunk that are told; of one that many have, such as zeros, these are enough. */
const MOST_HOLDERS = 4;

/**
 * How large contents are cut that this folder has or is about to send. Safe to lose: a file is read once more then. Synchronous; callers
 * group writes in a transaction of the state.
 */
export class ManifestStore {
  readonly #sql: ReturnType<typeof prepare>;
  /** Manifests that came since all were looked through, and that stayed then. */
  #fresh = 0;
  #stayed = 0;

  constructor(database: DatabaseSync) {
    this.#sql = prepare(database);
    this.prune(new Set());
  }

  /** The chunks of a content; null where they are not known. */
  chunks(hash: ContentHash): readonly Chunk[] | null {
    const row = this.#sql.get.get(bytesOf(hash)) as { chunks: Uint8Array } | undefined;
    return row === undefined ? null : read(row.chunks);
  }

  put({ hash, manifest }: KnownManifest): void {
    this.#remove(bytesOf(hash));
    const { lastInsertRowid } = this.#sql.put.run(bytesOf(hash), manifest);
    for (const chunk of read(manifest) ?? []) this.#sql.putChunk.run(keyOf(chunk), lastInsertRowid);
    this.#fresh += 1;
  }

  /** Some contents with known manifests that probably have a chunk, the latest first. */
  holders(chunk: Pick<Chunk, 'hash'>): ContentHash[] {
    return (this.#sql.holders.all(keyOf(chunk)) as { hash: Uint8Array }[]).map(({ hash }) => hexOf(hash));
  }

  /**
   * Forgets contents that the base does not name, but for those in `kept`. Looks through all of them, and so only once a good part of them
   * is new.
   */
  prune(kept: ReadonlySet<ContentHash>): void {
    if (4 * this.#fresh < this.#stayed) return;
    for (const { hash } of this.#sql.unnamed.all() as { hash: Uint8Array }[]) if (!kept.has(hexOf(hash))) this.#remove(hash);
    this.#fresh = 0;
    this.#stayed = (this.#sql.count.get() as { n: number }).n;
  }

  #remove(hash: Uint8Array): void {
    const row = this.#sql.get.get(hash) as { position: number; chunks: Uint8Array } | undefined;
    if (row === undefined) return;
    for (const chunk of read(row.chunks) ?? []) this.#sql.removeChunk.run(keyOf(chunk), row.position);
    this.#sql.remove.run(row.position);
  }
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    get: sql('SELECT position, chunks FROM manifest WHERE hash = ?'),
    put: sql('INSERT INTO manifest (hash, chunks) VALUES (?, ?)'),
    putChunk: sql('INSERT OR IGNORE INTO chunk (key, manifest) VALUES (?, ?)'),
    holders: sql(
      `SELECT m.hash FROM chunk c JOIN manifest m ON m.position = c.manifest WHERE c.key = ? ORDER BY c.manifest DESC LIMIT ${MOST_HOLDERS}`,
    ),
    // In these words, which are those of the index `base_large`.
    unnamed: sql(
      `SELECT hash FROM manifest WHERE NOT EXISTS (SELECT 1 FROM base WHERE base.hash = manifest.hash AND base.size >= ${CHUNKED_BYTES})`,
    ),
    count: sql('SELECT count(*) AS n FROM manifest'),
    remove: sql('DELETE FROM manifest WHERE position = ?'),
    removeChunk: sql('DELETE FROM chunk WHERE key = ? AND manifest = ?'),
  };
}

/** Null for what is no manifest. */
function read(manifest: Uint8Array): readonly Chunk[] | null {
  try {
    return decodeManifest(manifest);
  } catch (error) {
    if (error instanceof ManifestError) return null;
    throw error;
  }
}

/** As many bits of a chunk's hash as a number holds exactly: two chunks hardly ever have the same. */
const keyOf = ({ hash }: Pick<Chunk, 'hash'>): number => Number.parseInt(hash.slice(0, 12), 16);
const bytesOf = (hash: ContentHash): Uint8Array => Buffer.from(hash, 'hex');
const hexOf = (hash: Uint8Array): ContentHash => Buffer.from(hash).toString('hex') as ContentHash;
