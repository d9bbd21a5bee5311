import type { Readable } from 'node:stream';
import type { ContentHash } from '@syncpair/contracts';
import type { ByteRange, RangeRequest } from './byte-range.ts';

/** A content that is durable and has its hash. */
export interface StoredBlob {
  readonly hash: ContentHash;
  /** Bytes. */
  readonly size: number;
  /** Where the driver found or put it. Opaque to everyone else, at most 200 characters; finding without it is possible but slower. */
  readonly location: string;
}

/** A content by name; the location is a hint that may be missing, stale or wrong. */
export interface BlobRef {
  readonly hash: ContentHash;
  readonly location?: string | undefined;
}

/** A group of contents that the driver can remove only as one, such as a sealed pack. */
export interface Volume {
  readonly id: string;
  /** Bytes on the disk. */
  readonly bytes: number;
}

/** Something in the store that is not as its driver leaves it. Contents are judged by their hashes, elsewhere. */
export interface Flaw {
  /** `pack`: contents in it may not be found; `index`: finding is wrong or slow; `foreign` and `tail`: in nobody's way. */
  readonly kind: 'pack' | 'index' | 'foreign' | 'tail';
  /** A path inside the store. */
  readonly place: string;
  /** For people. */
  readonly message: string;
  /** It was mended just now. */
  readonly mended: boolean;
}

/** What a put must bring. */
export interface ExpectedBlob {
  readonly hash: ContentHash;
  /** Bytes, when the sender declared them. */
  readonly size?: number | undefined;
  /** Bytes; more are refused while they arrive. */
  readonly maxBytes: number;
}

/** A small content, whole. */
export interface SmallBlob {
  readonly hash: ContentHash;
  readonly bytes: Uint8Array;
}

/** An open content. `body` must be read to its end or destroyed. */
export interface OpenBlob extends ByteRange {
  /** Bytes of the whole content. */
  readonly size: number;
  /** The bytes of the range. Not verified again on the way: its reader holds them against the hash. */
  readonly body: Readable;
}

/**
 * Immutable contents under their SHA-256. Any number of processes may use one store at a time.
 *
 * Errors: `hash_mismatch`, `too_large`, `out_of_space` and `invalid_request` (the bytes ended early) as DomainError. Whatever a method
 * throws, nothing half written can be read afterwards, and the store goes on working. Anything else that is thrown is a fault of the store.
 */
export interface BlobStore {
  /**
   * Reads `body` to its end and stores it. Resolves only when the bytes had the expected hash and size and will outlive a power cut.
   * A content that exists is success, but its bytes are read and verified all the same, and a damaged copy is replaced. `body` is not
   * destroyed on failure, so that its sender can still be answered.
   */
  put(expected: ExpectedBlob, body: Readable): Promise<StoredBlob>;

  /**
   * Stores many small contents with one durable step at the end, each verified before it is written. Resolves to one entry per different
   * hash, in the order of their first appearance. When it rejects, nothing of the sequence was acknowledged (parts may lie unreferenced).
   * The bytes of one are not needed any more once the next one is asked for.
   */
  putMany(blobs: AsyncIterable<SmallBlob>): Promise<StoredBlob[]>;

  /**
   * Opens a content for reading, null when it is missing or its copy is recognised as damaged.
   *
   * @throws {DomainError} `range_not_satisfiable` for a range outside of the content.
   */
  open(ref: BlobRef, range?: RangeRequest): Promise<OpenBlob | null>;

  /**
   * The bytes of many small contents in the order asked; null for one that is missing, damaged or longer than `maxBytes`. Verified, unless the
   * caller does it himself with `all` of them: then one that is damaged may come as it is. The bytes share no memory with the
   * store: the caller may free them. Holds a few megabytes at a time, whatever is asked; stops when the caller stops.
   */
  readMany(refs: readonly BlobRef[], maxBytes: number, verify?: 'each' | 'all'): AsyncIterable<Uint8Array | null>;

  /** Size and location, null when it is missing or recognised as damaged. */
  stat(ref: BlobRef): Promise<StoredBlob | null>;

  /**
   * `stat` of many, in the order asked. What is not where it was said to be is looked for together, which costs less than one by one.
   */
  statMany(refs: readonly BlobRef[]): Promise<(StoredBlob | null)[]>;

  /** Every content by its name, or those that lie in no volume, in no order, perhaps twice when at two locations. The bytes are not verified. */
  list(which?: 'alone' | 'all'): AsyncIterable<StoredBlob>;

  /**
   * Removes the copy at the location, or a copy that stands alone when none is given; nothing when there is none. Packed bytes stay until
   * their volume is removed. A copy that was put, or proven by a put, within the last `idleMs` milliseconds is spared, because a receipt
   * may speak of it.
   *
   * @returns false when the copy was spared
   */
  delete(ref: BlobRef, idleMs?: number): Promise<boolean>;

  /** Volumes that nobody adds to any more and that got their last content at least `idleMs` milliseconds ago. */
  volumes(idleMs: number): AsyncIterable<Volume>;

  /** Every content of a volume, not verified, perhaps one twice; none when there is no such volume. */
  contentsOf(volume: string): AsyncIterable<StoredBlob>;

  /** Removes a volume with all that is in it. The caller has seen to it that nothing refers to that. */
  removeVolume(volume: string): Promise<void>;

  /** Looks through the driver's own files, without reading contents; mends with `repair` what can be mended from what is there. */
  inspect(repair: boolean): AsyncIterable<Flaw>;

  /** Puts a damaged copy that stands alone aside, where it is kept for a person; false when there is none. */
  quarantine(hash: ContentHash): Promise<boolean>;

  /** A small object of the service's own (keys, identity), null when there is none. */
  readObject(name: string): Promise<Uint8Array | null>;

  /** Creates a small object, readable by the service only; false, changing nothing, when it exists. Of concurrent creators exactly one succeeds. */
  createObject(name: string, bytes: Uint8Array): Promise<boolean>;

  /** Writes and removes something. @throws when the storage cannot be written. */
  checkWritable(): Promise<void>;

  /** Finishes what is open. The store must not be used afterwards. */
  close(): Promise<void>;
}

/** The object of this name, made by `create` when there is none; all processes get the same bytes. */
export async function ensureObject(store: BlobStore, name: string, create: () => Uint8Array | string): Promise<Buffer> {
  const existing = await store.readObject(name);
  if (existing !== null) return Buffer.from(existing);
  await store.createObject(name, Buffer.from(create()));
  const created = await store.readObject(name);
  if (created === null) throw new Error(`the store object ${name} vanished`);
  return Buffer.from(created);
}
