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
import { directoryOf, scopeOf } from '../auth/access.ts';
import type { GrantSigner } from '../auth/grant-signer.ts';
import type { Principal } from '../auth/principal.ts';
import type { ContentPins } from '../content/content-pins.ts';
import type { AvailableContents } from '../content/available-contents.ts';
import { signGrants } from '../content/sign-grants.ts';
import type { Queryable } from '../database/database.ts';
import type { DeviceRecorder } from '../devices/device-recorder.ts';
import { type Directory, ensureDirectory } from '../store/directory-repository.ts';
import { readLog } from '../store/log-repository.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { RecentContents } from './recent-contents.ts';

export interface NegotiateParts {
  readonly queue: CommitQueue;
  readonly available: AvailableContents;
  readonly devices: DeviceRecorder;
  readonly grants: GrantSigner;
  readonly pins: ContentPins;
  readonly recent: RecentContents;
}

/** `POST /api/v1/negotiate`: what changed there for what changed here. */
export class NegotiateService {
  readonly #db: Queryable;
  readonly #parts: NegotiateParts;
  readonly #clock: () => number;

  constructor(db: Queryable, parts: NegotiateParts, clock: () => number) {
    this.#db = db;
    this.#parts = parts;
    this.#clock = clock;
  }

  async negotiate(principal: Principal, request: NegotiateRequest): Promise<NegotiateResponseJson> {
    refuseRepeatedIds(request);
    const ref = directoryOf(principal, request);
    const before = await ensureDirectory(this.#db, ref);
    const { device, client_id: client, cursor } = request;
    this.#parts.devices.seen({ directory: before.id, device, client, cursor, applied: Math.min(request.applied ?? cursor, cursor) });
    if (request.epoch !== before.epoch || cursor > before.head) return rejoin(before);
    if (request.changes.length === 0) return this.#answer(principal, request, before, []);

    const available = await this.#parts.available.of({ ...request, principal, scope: scopeOf(ref), directory: before.id });
    for (const [hash, bytes] of available.inline) if (available.contents.has(hash)) this.#parts.recent.add(hash, bytes);
    const result = await this.#parts.queue.commit({
      key: directoryKey(ref),
      device,
      author: client,
      epoch: request.epoch,
      cursor,
      changes: request.changes,
      contents: available.contents,
      conflictCopies: request.conflict_copies,
    });
    if (result.status === 'rejoin') return rejoin(result.directory);
    return this.#answer(principal, request, result.directory, result.outcomes);
  }

  async #answer(
    principal: Principal,
    request: NegotiateRequest,
    directory: Directory,
    outcomes: readonly Outcome[],
  ): Promise<NegotiateResponseJson> {
    const commits = request.pull ? await readLog(this.#db, directory.id, { after: request.cursor, upTo: directory.head }) : [];
    const cursor = commits.at(-1)?.seq ?? request.cursor;
    const needed = neededContents(request, outcomes);
    await this.#parts.pins.pin(needed);
    return {
      status: 'ok',
      epoch: directory.epoch,
      head: String(directory.head),
      outcomes: outcomes.map(encodeOutcome),
      grants: signGrants(this.#parts.grants, 'write', principal.id, needed, this.#clock()),
      commits: commits.map(encodeCommit),
      cursor: String(cursor),
      more: cursor < directory.head,
      conflicts: directory.openConflicts,
    };
  }
}

const rejoin = (directory: Directory): NegotiateResponseJson => ({
  status: 'rejoin',
  epoch: directory.epoch,
  head: String(directory.head),
});

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
