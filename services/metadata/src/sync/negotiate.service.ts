import {
  type ContentHash,
  DomainError,
  type NegotiateRequest,
  type NegotiateResponseJson,
  type Outcome,
  directoryKey,
  encodeCommit,
  encodeOutcome,
} from '@syncpair/contracts';
import { type HistoryVerdict, type RunVerdict, judgeHistory } from '@syncpair/sync-core';
import { directoryOf, scopeOf } from '../auth/access.ts';
import type { GrantSigner } from '../auth/grant-signer.ts';
import type { Principal } from '../auth/principal.ts';
import type { LostContents } from '../content/lost-contents.ts';
import type { ContentPins } from '../content/content-pins.ts';
import type { AvailableContents } from '../content/available-contents.ts';
import { signGrants } from '../content/sign-grants.ts';
import type { Queryable } from '../database/database.ts';
import type { DeviceRecorder } from '../devices/device-recorder.ts';
import type { DeviceRuns } from '../devices/device-runs.ts';
import { refuseUploads } from '../retention/refuse-uploads.ts';
import { DirectoryLookup } from '../store/directory-lookup.ts';
import type { Directory, MarkedDirectory } from '../store/directory-repository.ts';
import { readLog } from '../store/log-repository.ts';
import { readMark } from '../store/read-mark.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { RecentContents } from './recent-contents.ts';

type NegotiateOk = Extract<NegotiateResponseJson, { status: 'ok' }>;

export interface NegotiateParts {
  /** Which server this is. */
  readonly serverId: string;
  readonly queue: CommitQueue;
  readonly available: AvailableContents;
  readonly devices: DeviceRecorder;
  readonly runs: DeviceRuns;
  readonly grants: GrantSigner;
  readonly pins: ContentPins;
  readonly lost: LostContents;
  readonly recent: RecentContents;
}

/** `POST /api/v1/negotiate`: what changed there for what changed here. */
export class NegotiateService {
  readonly #db: Queryable;
  readonly #directories: DirectoryLookup;
  readonly #parts: NegotiateParts;
  readonly #clock: () => number;

  constructor(db: Queryable, parts: NegotiateParts, clock: () => number) {
    this.#db = db;
    this.#directories = new DirectoryLookup(db);
    this.#parts = parts;
    this.#clock = clock;
  }

  async negotiate(principal: Principal, request: NegotiateRequest): Promise<NegotiateResponseJson> {
    refuseRepeatedIds(request);
    const ref = directoryOf(principal, request);
    // Nothing is kept of a client that took this server for another one, not even the name of its directory.
    if (request.server !== null && request.server !== this.#parts.serverId) return this.#rejoin({ epoch: '', head: 0 }, 'other_server');
    const before = await this.#directories.ensure(ref);
    const { device, client_id: client, cursor } = request;
    const verdict = await this.#judge(request, before);
    const run = verdict === 'same' ? await this.#parts.runs.check(request, before.id) : 'accepted';
    // How far an old state has read is not how far its device has come.
    if (run !== 'accepted') return this.#rejoin(before, run);
    this.#parts.devices.seen({ directory: before.id, device, client, cursor, applied: Math.min(request.applied ?? cursor, cursor) });
    if (verdict !== 'same') return this.#rejoin(before, verdict);
    if (request.changes.length === 0 && request.receipts.length > 0) await this.#parts.lost.take(principal, request.receipts);
    if (request.changes.length === 0) return this.#answer(principal, request, before, []);

    const refused = await refuseUploads(this.#db, before, request.changes);
    const changes = request.changes.filter(({ id }) => !refused.has(id));
    const available = await this.#parts.available.of({ ...request, changes, principal, scope: scopeOf(ref), directory: before.id });
    for (const [hash, bytes] of available.inline) if (available.contents.has(hash)) this.#parts.recent.add(hash, bytes);
    const result = await this.#parts.queue.commit({
      key: directoryKey(ref),
      device,
      author: client,
      epoch: before.epoch,
      cursor,
      changes,
      contents: available.contents,
      conflictCopies: request.conflict_copies,
      joins: request.joins,
      knowsHolds: request.knows_holds,
    });
    if (result.status === 'rejoin') return this.#rejoin(result.directory, 'other_epoch');
    const decided = result.outcomes.values();
    const outcomes = request.changes.map(({ id }) => refused.get(id) ?? (decided.next().value as Outcome));
    return this.#answer(principal, request, result.directory, outcomes);
  }

  async #judge({ server, epoch, cursor, mark }: NegotiateRequest, at: MarkedDirectory): Promise<HistoryVerdict> {
    const isRead = mark !== null && cursor > 0 && cursor < at.head;
    const served = cursor === at.head ? at.mark : isRead ? await readMark(this.#db, at.id, cursor) : 'unknown';
    return judgeHistory(
      { server, epoch, cursor, mark },
      { server: this.#parts.serverId, epoch: at.epoch, head: at.head, mark: served, dropped: at.dropped },
    );
  }

  #rejoin(directory: Pick<Directory, 'epoch' | 'head'>, reason: HistoryVerdict | RunVerdict): NegotiateResponseJson {
    return { status: 'rejoin', epoch: directory.epoch, head: String(directory.head), server: this.#parts.serverId, reason };
  }

  async #answer(
    principal: Principal,
    request: NegotiateRequest,
    directory: Directory,
    outcomes: readonly Outcome[],
  ): Promise<NegotiateResponseJson> {
    const commits = request.pull ? await readLog(this.#db, directory.id, { after: request.cursor, upTo: directory.head }) : [];
    const cursor = commits.at(-1)?.seq ?? request.cursor;
    const needed = [...neededContents(request, outcomes), ...(await this.#lackingOfAnnounced(principal, request, directory))];
    await this.#parts.pins.pin(needed);
    return {
      status: 'ok',
      epoch: directory.epoch,
      server: this.#parts.serverId,
      head: String(directory.head),
      outcomes: outcomes.map(encodeOutcome),
      grants: signGrants(this.#parts.grants, 'write', principal.id, needed, this.#clock()),
      commits: commits.map(encodeCommit),
      cursor: String(cursor),
      more: cursor < directory.head,
      conflicts: directory.openConflicts,
      ...(await this.#wanted(principal, request, directory.id)),
      holds: directory.holds,
    };
  }

  async #lackingOfAnnounced(
    principal: Principal,
    request: NegotiateRequest,
    { id, historyFull }: Directory,
  ): Promise<NegotiateRequest['announced']> {
    // Where the history is full the outcome of each change tells it.
    if (request.announced.length === 0 || historyFull) return [];
    return this.#parts.available.lacking({ directory: id, scope: scopeOf(directoryOf(principal, request)) }, request.announced);
  }

  /** What the server has lost is asked of readers of the log; those who only tell are left in peace. */
  async #wanted(principal: Principal, request: NegotiateRequest, directory: number): Promise<Pick<NegotiateOk, 'wanted'>> {
    if (!request.pull || request.changes.length > 0) return {};
    const contents = await this.#parts.lost.of(directory);
    if (contents.length === 0) return {};
    await this.#parts.pins.pin(contents);
    return { wanted: { contents: [...contents], grants: signGrants(this.#parts.grants, 'write', principal.id, contents, this.#clock()) } };
  }
}

function refuseRepeatedIds(request: NegotiateRequest): void {
  const ids = new Set<string>();
  for (const [index, { id }] of request.changes.entries()) {
    if (ids.has(id)) throw new DomainError('invalid_request', `changes.${index}.id: "${id}" stands twice in the request`);
    ids.add(id);
  }
}

function neededContents(request: NegotiateRequest, outcomes: readonly Outcome[]): { hash: ContentHash; size: number }[] {
  const needed = new Map<string, { hash: ContentHash; size: number }>();
  outcomes.forEach((outcome, index) => {
    const change = request.changes[index];
    if (outcome.status !== 'needs_content' || change?.op !== 'put' || change.entry.kind !== 'file') return;
    needed.set(change.entry.hash, { hash: change.entry.hash, size: change.entry.size });
  });
  return [...needed.values()];
}
