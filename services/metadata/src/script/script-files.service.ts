import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  type ContentHash,
  type DirectoryRef,
  DomainError,
  type Entry,
  type FileEntry,
  type Nanoseconds,
  type Outcome,
  type RelativePath,
  type ScriptFileJson,
  type VersionId,
  directoryKey,
  toIsoTime,
} from '@syncpair/contracts';
import type { StoredVersion } from '@syncpair/sync-core';
import type { Principal } from '../auth/principal.ts';
import type { ContentPins } from '../content/content-pins.ts';
import type { ByteRange, ContentStore } from '../content/content-store.ts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Queryable } from '../database/database.ts';
import { HISTORY_FULL } from '../retention/refuse-uploads.ts';
import { contentsOfDirectory } from '../store/content-repository.ts';
import { ensureDirectory, findDirectory } from '../store/directory-repository.ts';
import { countLiveChildren, readHeads, readVersion } from '../store/state-repository.ts';
import type { CallCommits } from '../sync/call-commits.ts';

/** What an upload is taken for whose sender does not say its size: it may be on its way for as long as one of so many bytes. */
const UNTOLD_BYTES = 4 * 1024 ** 3;

export interface UploadRequest {
  readonly ref: DirectoryRef;
  readonly path: RelativePath;
  readonly hash: ContentHash;
  readonly modified: Nanoseconds;
  /** Bytes, when the sender says so. */
  readonly size: number | undefined;
  readonly body: Readable;
}

export interface UploadAnswer extends ScriptFileJson {
  readonly version: string;
  /** The conflict that this upload won or lost, or null. */
  readonly conflict: string | null;
  /** False when it lost: it is kept, and another version is the head. */
  readonly head: boolean;
}

export interface Download {
  readonly file: FileEntry;
  readonly version: VersionId;
  open(range?: ByteRange): Promise<Readable>;
}

/** The specification's upload, download and delete: single files, without parent versions. */
export class ScriptFilesService {
  readonly #db: Queryable;
  readonly #store: ContentStore;
  readonly #pins: ContentPins;
  readonly #commits: CallCommits;

  constructor(db: Queryable, store: ContentStore, pins: ContentPins, commits: CallCommits) {
    this.#db = db;
    this.#store = store;
    this.#pins = pins;
    this.#commits = commits;
  }

  /**
   * Stores a content and proposes it: it replaces the head when `modified` is newer, and otherwise becomes a conflict whose loser is kept.
   *
   * @throws {DomainError} `hash_mismatch`, `history_full`, nothing is stored then; what the content store throws.
   */
  async upload(principal: Principal, request: UploadRequest): Promise<{ readonly created: boolean; readonly answer: UploadAnswer }> {
    const { ref, path, hash, modified, size } = request;
    const directory = await ensureDirectory(this.#db, ref);
    if (directory.historyFull && (await contentsOfDirectory(this.#db, directory.id, [hash])).length === 0) {
      throw new DomainError('history_full', HISTORY_FULL, path);
    }
    await this.#pins.pin([{ hash, size: size ?? UNTOLD_BYTES }]);
    const stored = await this.#store.put(principal.id, hash, request.body);
    if (size !== undefined && size !== stored.size)
      throw new DomainError('hash_mismatch', `the content has ${stored.size} bytes, not ${size}`, path);
    const head = (await readHeads(this.#db, directory.id, [path])).get(path);
    const executable = head?.state.kind === 'file' && head.state.executable;
    const entry: FileEntry = { kind: 'file', hash, size: stored.size, mtime: modified, executable };
    const changes = [{ op: 'put', id: randomUUID(), path, base: replaces(entry, head) ? (head?.version ?? null) : null, entry }] as const;
    const contents = new Map<ContentHash, UsableContent>([[hash, { ...stored, proof: 'put' }]]);
    const [outcome] = await this.#commits.commit({ ref, directory, changes, contents, origin: { call: 'script' } });
    return { created: head === undefined || head.state.kind === 'tombstone', answer: answerOf(path, entry, outcome as Outcome) };
  }

  /** @throws {DomainError} `not_found` where no file is, or none in this version. */
  async download(principal: Principal, ref: DirectoryRef, path: RelativePath, version: VersionId | null): Promise<Download> {
    const nothing = new DomainError('not_found', version === null ? 'no such file' : `no file in version ${version} of this path`, path);
    const directory = await findDirectory(this.#db, directoryKey(ref));
    if (directory === null) throw nothing;
    const stored =
      version === null
        ? (await readHeads(this.#db, directory.id, [path])).get(path)
        : await readVersion(this.#db, directory.id, { path, version });
    if (stored?.state.kind !== 'file') throw nothing;
    const [content] = await contentsOfDirectory(this.#db, directory.id, [stored.state.hash]);
    if (content === undefined) throw new DomainError('not_found', 'the content of this version is not on the server', path);
    return { file: stored.state, version: stored.version, open: (range) => this.#store.open(principal.id, content, range) };
  }

  /** @throws {DomainError} `not_found`; `held`; `conflict` when it was modified after `modified`, or is a folder with contents. */
  async delete(
    ref: DirectoryRef,
    path: RelativePath,
    modified: Nanoseconds | null,
  ): Promise<{ readonly path: string; readonly version: string; readonly deleted: true }> {
    const directory = await findDirectory(this.#db, directoryKey(ref));
    const head = directory === null ? undefined : (await readHeads(this.#db, directory.id, [path])).get(path);
    if (directory === null || head === undefined || head.state.kind === 'tombstone')
      throw new DomainError('not_found', 'no such file', path);
    if (head.state.kind !== 'dir' && modified !== null && head.state.mtime > modified) {
      throw new DomainError('conflict', `it was modified at ${toIsoTime(head.state.mtime)}, after the deletion`, path);
    }
    if (head.state.kind === 'dir' && ((await countLiveChildren(this.#db, directory.id, [path])).get(path) ?? 0) > 0) {
      throw new DomainError('conflict', 'a folder with contents; delete those first', path);
    }
    const changes = [{ op: 'delete', id: randomUUID(), path, base: head.version }] as const;
    const deletionTimes = new Map(modified === null ? [] : [[path, modified]]);
    const [outcome] = await this.#commits.commit({ ref, directory, changes, deletionTimes, origin: { call: 'script' } });
    if (outcome?.status === 'held')
      throw new DomainError('held', `too many deletions: this one waits for approval as part of hold ${outcome.hold}`, path);
    if (outcome?.status === 'committed') return { path, version: outcome.version, deleted: true };
    throw new DomainError('conflict', 'it was changed meanwhile', path);
  }
}

/** True when an upload takes the place of the head: nothing is there, or it is newer, or the content is the same. */
function replaces(entry: FileEntry, head: StoredVersion | undefined): boolean {
  if (head === undefined || head.state.kind === 'tombstone') return true;
  return (
    head.state.kind === 'file' && (entry.mtime > head.state.mtime || (entry.hash === head.state.hash && entry.mtime === head.state.mtime))
  );
}

function answerOf(path: RelativePath, proposed: FileEntry, outcome: Outcome): UploadAnswer {
  const tell = (entry: Entry, version: string, conflict: string | null, head: boolean): UploadAnswer => {
    const file = entry.kind === 'file' ? entry : proposed;
    return { path, hash: file.hash, size: file.size, modified: toIsoTime(file.mtime), version, conflict, head };
  };
  switch (outcome.status) {
    case 'committed':
      return tell(proposed, outcome.version, outcome.conflict, true);
    case 'merged':
      return tell(outcome.head.state as Entry, outcome.head.version, null, true);
    case 'lost':
      return tell(proposed, outcome.version, outcome.conflict, false);
    case 'current':
      if (outcome.head !== null) return tell(outcome.head.state as Entry, outcome.head.version, null, true);
      throw new DomainError('conflict', 'the path changed meanwhile; upload it again', path);
    case 'rejected':
      throw new DomainError('hash_mismatch', outcome.message, path);
    case 'held':
    case 'superseded':
    case 'needs_content':
      throw new DomainError('conflict', 'the path changed meanwhile; upload it again', path);
  }
}
