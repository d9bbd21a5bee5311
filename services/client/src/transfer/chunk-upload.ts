import { type Chunk, type ContentHash, MAX_MANIFEST_PREAMBLE_BYTES, encodeManifest } from '@syncpair/contracts';
import { type PlacedChunk, placeChunks } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import { ServerError } from '../server/server-error.ts';
import type { ChunkProofs } from './chunk-proofs.ts';
import { ChunkSender } from './chunk-sender.ts';
import { type GivenGrant, freshGrant } from './fresh-grant.ts';
import type { TransferParts } from './transfer-parts.ts';

/** The grant is one to write the whole. */
export interface ChunkedUpload extends GivenGrant {
  readonly file: ExpectedFile;
  readonly chunks: readonly Chunk[];
  /** A content that the server has, and of which this one may have kept chunks. */
  readonly kept: { readonly hash: ContentHash; readonly chunks: readonly Chunk[] } | null;
}

export type ChunkedUploadEnd =
  /** The server has it now. Without a receipt: it has got it from somebody else, in a version that may be read here. */
  | { readonly status: 'there'; readonly receipt: string | null }
  /** The file is not what it was any more. */
  | { readonly status: 'changed' }
  /** Not by chunks: it has to be sent as one. */
  | { readonly status: 'not_taken' };

/** Uploads a content by those of its chunks that the server lacks. */
export class ChunkUpload {
  readonly #parts: TransferParts;
  readonly #upload: ChunkedUpload;
  readonly #proofs: ChunkProofs;
  readonly #sender: ChunkSender;

  constructor(parts: TransferParts, upload: ChunkedUpload) {
    this.#parts = parts;
    this.#upload = upload;
    this.#proofs = parts.uploads.of(upload.hash);
    this.#sender = new ChunkSender(parts, upload.file, this.#proofs);
  }

  /** @throws {ServerError} */
  async run(): Promise<ChunkedUploadEnd> {
    const { hash, chunks, kept } = this.#upload;
    await this.#parts.uploads.settled(hash);
    const all = [...placeChunks(chunks).values()];
    try {
      let end: ChunkedUploadEnd | 'uncovered' = kept === null ? 'uncovered' : await this.#sendBeside(kept, all);
      if (end === 'uncovered') end = await this.#send(all, null);
      this.#parts.uploads.ended(hash);
      return end === 'uncovered' ? { status: 'not_taken' } : end;
    } catch (error) {
      // Written through a mapping, which leaves its stamp as it is: what was read is not what had been hashed.
      if (!(error instanceof ServerError) || error.code !== 'hash_mismatch') throw error;
      this.#parts.uploads.ended(hash);
      return { status: 'changed' };
    } finally {
      await this.#sender.ended();
    }
  }

  /** Sends what the server does not have by a content of which this one keeps something. */
  async #sendBeside(kept: NonNullable<ChunkedUpload['kept']>, all: readonly PlacedChunk[]): Promise<ChunkedUploadEnd | 'uncovered'> {
    const keeps = placeChunks(kept.chunks);
    const fresh = all.filter(({ hash }) => !keeps.has(hash));
    return fresh.length < all.length ? this.#send(fresh, kept.hash) : 'uncovered';
  }

  /** Sends what is needed of `chunks`, and puts the whole together from them and from chunks of the content `kept`. */
  async #send(chunks: readonly PlacedChunk[], kept: ContentHash | null): Promise<ChunkedUploadEnd | 'uncovered'> {
    for (let open = this.#uncovered(chunks), next; open.length > 0; open = next) {
      const sent = await this.#sender.send(open);
      if (sent !== 'sent') return { status: sent };
      await this.#sender.arrived();
      // What was proved long ago has to be proved again; never all of it.
      next = this.#uncovered(chunks);
      if (next.length >= open.length) return { status: 'not_taken' };
    }
    const tokens = this.#proofs.tokens(this.#now());
    if (kept !== null) {
      const [granted] = await this.#parts.server.readGrants([kept]);
      if (granted === undefined) return 'uncovered';
      tokens.push(granted.grant);
    }
    if (tokens.reduce((bytes, token) => bytes + token.length + 1, 0) > MAX_MANIFEST_PREAMBLE_BYTES) return { status: 'not_taken' };
    return this.#assemble(tokens);
  }

  async #assemble(tokens: readonly string[]): Promise<ChunkedUploadEnd | 'uncovered'> {
    const { hash, chunks } = this.#upload;
    const grant = await freshGrant(this.#parts, this.#upload);
    if (grant === null) return { status: 'there', receipt: null };
    try {
      return { status: 'there', receipt: await this.#parts.server.putManifest(grant, { hash, manifest: encodeManifest(chunks) }, tokens) };
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code === 'forbidden') return 'uncovered';
      // A chunk that got lost meanwhile, or a server that knows no manifests.
      if (error.code === 'not_found') return { status: 'not_taken' };
      throw error;
    }
  }

  #uncovered(chunks: readonly PlacedChunk[]): PlacedChunk[] {
    const covered = this.#proofs.covered(this.#now());
    return chunks.filter(({ hash }) => !covered.has(hash));
  }

  #now(): number {
    return this.#parts.clock.monotonic();
  }
}
