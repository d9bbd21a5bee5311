import { type Commit, type ContentHash, type NegotiateResponse, type Seq, MAX_INLINE_BYTES } from '@syncpair/contracts';
import type { Negotiation } from '../../../../../services/client/src/server/sync-server.ts';
import { ServerError } from '../../../../../services/client/src/server/server-error.ts';
import { judgeHistory } from '@syncpair/sync-core';
import { contentHash } from '../world/content-hash.ts';
import { type KeptVersion, SimulatedDirectory } from './simulated-directory.ts';

/** Who asks. */
export interface Caller {
  readonly clientId: string;
  /** The number of its machine. */
  readonly client: number;
  readonly device: string;
  readonly directory: string;
  /** The ignore patterns of the process that sent the request, which may arrive when it is gone. */
  readonly patterns: readonly string[];
  /** The request arrives when nobody waits for its answer any more. */
  readonly isLate?: boolean;
}

/** Which server it is. */
export const SERVER_ID = 'simulated';
/** Changes of the log in one answer: fewer than the real server's, so that small worlds have answers with more to come. */
const MOST_PULLED = 40;

/** What a group of commits did, for those who listen. */
export type OnCommit = (directory: string, previous: Seq, commit: Commit) => void;

/** Metadata and blob service in one, in memory; every call is one instant. */
export class SimulatedServer {
  readonly directories = new Map<string, SimulatedDirectory>();
  /** Contents that are durable. */
  readonly contents = new Map<ContentHash, Uint8Array>();
  readonly #listeners = new Set<OnCommit>();
  readonly #wall: () => number;
  readonly #onChanges: (caller: Caller, request: Negotiation) => void;
  readonly #onVersions: (directory: string, versions: readonly KeptVersion[]) => void;

  /** `wall` tells milliseconds since 1970; `witness` sees what is proposed before it is decided, and what became of it. */
  constructor(
    wall: () => number,
    witness: {
      proposed(caller: Caller, request: Negotiation): void;
      committed(directory: string, versions: readonly KeptVersion[]): void;
    },
  ) {
    this.#wall = wall;
    this.#onChanges = (caller, request) => witness.proposed(caller, request);
    this.#onVersions = (directory, versions) => witness.committed(directory, versions);
  }

  onCommit(listener: OnCommit): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  directory(name: string): SimulatedDirectory {
    let directory = this.directories.get(name);
    if (directory === undefined) this.directories.set(name, (directory = new SimulatedDirectory(`epoch of ${name}`)));
    return directory;
  }

  /** @throws {ServerError} */
  negotiate(caller: Caller, request: Negotiation): NegotiateResponse {
    const directory = this.directory(caller.directory);
    refuseRepeatedIds(request);
    const served = { server: SERVER_ID, epoch: directory.epoch, head: directory.seq, mark: directory.markAt(request.cursor), dropped: 0 };
    const verdict = judgeHistory(request, served);
    if (verdict !== 'same') return { status: 'rejoin', epoch: directory.epoch, head: directory.seq, server: SERVER_ID, reason: verdict };
    this.#onChanges(caller, request);
    this.#keepInline(request);
    const allowed = this.#allowed(directory, request);
    const before = directory.versions.length;
    const previous = directory.seq;
    const { outcomes, commit } = directory.commit({
      device: caller.device,
      author: caller.clientId,
      changes: request.changes,
      contentSize: (hash) => (allowed(hash) ? (this.contents.get(hash)?.length ?? null) : null),
      now: Math.floor(this.#wall()),
      joins: request.joins,
    });
    if (commit !== null) {
      this.#onVersions(caller.directory, directory.versions.slice(before));
      for (const listener of this.#listeners) listener(caller.directory, previous, commit);
    }
    const needed = new Set(
      outcomes.flatMap(({ status }, index) => {
        const change = request.changes[index];
        return status === 'needs_content' && change?.op === 'put' && change.entry.kind === 'file' ? [change.entry.hash] : [];
      }),
    );
    const commits = request.pull ? pulled(directory, request.cursor) : [];
    const cursor = commits.at(-1)?.seq ?? request.cursor;
    return {
      status: 'ok',
      epoch: directory.epoch,
      server: SERVER_ID,
      head: directory.seq,
      outcomes: [...outcomes],
      grants: needed.size === 0 ? [] : [{ hashes: [...needed], grant: [...needed].join() }],
      commits: commits.map((commit) => ({ ...commit, changes: [...commit.changes] })),
      cursor,
      more: cursor < directory.seq,
      conflicts: directory.conflicts.length,
    };
  }

  /** @returns a receipt @throws {ServerError} */
  upload(grants: readonly string[], contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[]): string {
    const granted = new Set(grants.flatMap((grant) => grant.split(',')));
    for (const { hash, bytes } of contents) {
      if (!granted.has(hash)) throw new ServerError('forbidden', 'simulated: no grant for this content');
      if (contentHash(bytes) !== hash) throw new ServerError('hash_mismatch', 'simulated: the bytes have another SHA-256');
      this.contents.set(hash, bytes.slice());
    }
    return contents.map(({ hash }) => hash).join();
  }

  #keepInline({ contents }: Negotiation): void {
    let total = 0;
    for (const [hash, bytes] of contents) {
      if ((total += bytes.length) > MAX_INLINE_BYTES) throw new ServerError('too_large', 'simulated: too much inside one request');
      if (contentHash(bytes) !== hash) throw new ServerError('hash_mismatch', 'simulated: the bytes have another SHA-256');
    }
    for (const [hash, bytes] of contents) this.contents.set(hash, bytes.slice());
  }

  /** What the proposer may name: what came along, what has a receipt, and what a version of the directory has. */
  #allowed(directory: SimulatedDirectory, { contents, receipts }: Negotiation): (hash: ContentHash) => boolean {
    const proved = new Set<string>(receipts.flatMap((receipt) => receipt.split(',')));
    const known = new Set(directory.versions.flatMap(({ state }) => (state.kind === 'file' ? [state.hash] : [])));
    return (hash) => contents.has(hash) || proved.has(hash) || known.has(hash);
  }
}

/** The log after a cursor, whole commits only. */
export function pulled(directory: SimulatedDirectory, cursor: Seq): Commit[] {
  const commits: Commit[] = [];
  let changes = 0;
  for (const commit of directory.log.slice(cursor)) {
    if (commits.length > 0 && changes + commit.changes.length > MOST_PULLED) break;
    commits.push(commit);
    changes += commit.changes.length;
  }
  return commits;
}

function refuseRepeatedIds({ changes }: Negotiation): void {
  if (new Set(changes.map(({ id }) => id)).size !== changes.length)
    throw new ServerError('invalid_request', 'simulated: an id stands twice in the request');
}
