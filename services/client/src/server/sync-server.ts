import type { Change, ChunksResponse, ContentHash, Frame, Head, NegotiateResponse, Seq, SyncEvent } from '@syncpair/contracts';
import type { ReadGrant } from './read-grants.ts';

/**
 * The server as one directory's engine uses it. Every call rejects with `ServerError` when it fails, and is not repeated inside: the
 * engine decides when to try again. Every call may be repeated: its effect is that of one.
 */
export interface SyncServer {
  /** Proposes changes and reads the log; see `negotiateRequestSchema`. */
  negotiate(request: Negotiation): Promise<NegotiateResponse>;

  /** Every live head at one moment. The iterator is exhausted before `seq` and `epoch` count for anything. */
  snapshot(): Promise<Snapshot>;

  /**
   * Uploads small contents (each at most MAX_FRAME_BYTES) in one request. The receipt proves all of them, and their memory is not used any
   * more.
   */
  uploadMany(grants: readonly string[], contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[]): Promise<string>;

  /** Uploads one content of any size. @returns its receipt. */
  uploadOne(grant: string, hash: ContentHash, size: number, bytes: AsyncIterable<Uint8Array>): Promise<string>;

  /**
   * Which of these contents (MAX_CHUNKS_PER_REQUEST at most) must be uploaded for the directory; those that `receipts` prove are so no
   * more, for days. Null from a server that takes no chunks.
   */
  askChunks(hashes: readonly ContentHash[], receipts: readonly string[]): Promise<ChunksResponse | null>;

  /**
   * Puts a content together on the server. `grant` is one to write it; `proofs` are read grants and receipts that cover its chunks, or the
   * content of which it keeps them. @returns its receipt
   */
  putManifest(
    grant: string,
    content: { readonly hash: ContentHash; readonly manifest: Uint8Array },
    proofs: readonly string[],
  ): Promise<string>;

  /** Grants to read contents, each of which is in one of them; what the server does not know is in none. */
  readGrants(hashes: readonly ContentHash[]): Promise<readonly ReadGrant[]>;

  /** How the server has a content in chunks: a claim that the whole has to prove. Null: it has it as one, or not at all. */
  readManifest(hash: ContentHash): Promise<Uint8Array | null>;

  /**
   * Contents of at most MAX_FRAME_BYTES in this order, each when it arrives, verified; without bytes where the server cannot give it. The bytes
   * are there until the next one is asked for.
   */
  downloadInOrder(hashes: readonly ContentHash[]): AsyncIterable<Frame>;

  /**
   * Downloads small contents, verified; those that the server does not have or cannot give undamaged, and those larger than
   * MAX_FRAME_BYTES, are left out.
   */
  downloadMany(hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, Uint8Array>>;

  /** The bytes of one content from `start` on. Whoever reads them verifies the hash. Null: the server does not have it. */
  downloadOne(hash: ContentHash, start: number): Promise<AsyncIterable<Uint8Array> | null>;
}

export interface Negotiation {
  readonly epoch: string | null;
  readonly cursor: Seq;
  /** The mark of the commit at `cursor`. */
  readonly mark: string | null;
  /** The server that the history comes from; null when that is not known. */
  readonly server: string | null;
  readonly applied: Seq;
  /** The start of the client that asks; null where it is not told. `rejoins`: it knows that its state may be an old one. */
  readonly run: { readonly id: string; readonly follows: readonly string[]; readonly rejoins: boolean } | null;
  readonly changes: readonly Change[];
  readonly receipts: readonly string[];
  /** What is going to be proposed next, so that the grants to upload it come with this answer. */
  readonly announced: readonly { readonly hash: ContentHash; readonly size: number }[];
  readonly contents: ReadonlyMap<ContentHash, Uint8Array>;
  readonly pull: boolean;
  /** The folder was merged and not in sync since: what it has may be old copies. */
  readonly joins: boolean;
}

export interface Snapshot {
  readonly epoch: string;
  readonly seq: Seq;
  /** The mark of the commit at `seq`; null where it has none. */
  readonly mark: string | null;
  /** Which server answered; null from one that has no id. */
  readonly server: string | null;
  /** In batches of some hundred. Rejects when the stream was cut. */
  readonly heads: AsyncIterable<readonly Head[]>;
}

/** One connection for all directories of a client that tells what others did. */
export interface EventStream {
  /**
   * Connects, and again for ever after a loss (1, 2, 4, 8, 16, then 30 s with jitter; 40 s of silence is a loss). `onEvent` gets every
   * event; `onConnection` tells whether the stream is up, with the reason when it is not.
   */
  start(handlers: { onEvent: (event: SyncEvent) => void; onConnection: (up: boolean, reason: string | null) => void }): void;
  close(): Promise<void>;
}
