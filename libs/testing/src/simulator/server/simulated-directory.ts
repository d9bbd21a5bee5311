import {
  type Change,
  type Commit,
  type ContentHash,
  type DeleteChange,
  type Head,
  type LogChange,
  type MoveChange,
  type Outcome,
  type PutChange,
  type RelativePath,
  type Seq,
  type VersionId,
  isBelow,
  parentOf,
  rebase,
  versionId,
} from '@syncpair/contracts';
import {
  type AnsweredChange,
  type ConflictWrite,
  type DirectoryView,
  type StoredVersion,
  type VersionWrite,
  decideCommit,
  decideMove,
} from '@syncpair/sync-core';
import { formerVersions } from '@syncpair/sync-core/testing/former-versions';

const ORDER_STEP = 1_000_000n;

/** A version with where and by whom it was written. */
export interface KeptVersion extends StoredVersion {
  readonly path: RelativePath;
  readonly parent: VersionId | null;
  readonly lost: boolean;
  readonly device: string;
  /** False for what the server adds by itself and for what a move carries along. */
  readonly proposed: boolean;
  /** What was the head of the path before. */
  readonly replaced: StoredVersion | null;
}

export interface Job {
  readonly device: string;
  /** The `client_id`. */
  readonly author: string;
  readonly changes: readonly Change[];
  /** The size of a content that the proposer may use; null when there is none. */
  readonly contentSize: (hash: ContentHash) => number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the proposer has may be old copies. */
  readonly joins: boolean;
}

type Edit = PutChange | DeleteChange;

/** One directory as the metadata service keeps it, in memory: what it decides are the same pure functions. */
export class SimulatedDirectory {
  readonly epoch: string;
  readonly heads = new Map<RelativePath, StoredVersion>();
  readonly versions: KeptVersion[] = [];
  readonly conflicts: ConflictWrite[] = [];
  readonly log: Commit[] = [];
  readonly #byId = new Map<string, KeptVersion>();
  readonly #answered = new Map<string, AnsweredChange>();
  #lines: LogChange[] = [];
  #ordinal = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  get seq(): Seq {
    return this.log.length;
  }

  /** Decides a job as one commit. @returns its outcomes, and its line of the log when it wrote any */
  commit(job: Job): { readonly outcomes: readonly Outcome[]; readonly commit: Commit | null } {
    this.#lines = [];
    this.#ordinal = 0;
    const outcomes: Outcome[] = [];
    let edits: Edit[] = [];
    const decide = (): void => {
      outcomes.push(...this.#decideEdits(job, edits));
      edits = [];
    };
    for (const change of job.changes) {
      if (change.op !== 'move') edits.push(change);
      else {
        decide();
        outcomes.push(this.#decideMove(job, change));
      }
    }
    decide();
    if (this.#lines.length === 0 && this.#ordinal === 0) return { outcomes, commit: null };
    const seq = this.seq + 1;
    const at = new Date(job.now).toISOString();
    const commit: Commit = { seq, author: job.author, at, mark: `mark ${seq}`, changes: this.#lines };
    this.log.push(commit);
    return { outcomes, commit };
  }

  /** The mark of a commit; null where there is none. */
  markAt(seq: Seq): string | null {
    return this.log[seq - 1]?.mark ?? null;
  }

  /** Live heads, parents before their children. */
  live(): Head[] {
    return [...this.heads]
      .filter(([, { state }]) => state.kind !== 'tombstone')
      .map(([path, { version, state }]) => ({ path, version, state }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  version(path: RelativePath, id: VersionId): KeptVersion | null {
    return this.#byId.get(`${id} ${path}`) ?? null;
  }

  #view(device: string): DirectoryView {
    return {
      head: (path) => this.heads.get(path) ?? null,
      version: (path, id) => this.version(path, id),
      liveChildren: (folder) => {
        let count = 0;
        for (const [path, { state }] of this.heads) if (state.kind !== 'tombstone' && parentOf(path) === folder) count++;
        return count;
      },
      former: (path, entry) => formerVersions(this.versions, path, entry),
      answered: (changeId) => this.#answered.get(`${device} ${changeId}`) ?? null,
    };
  }

  #decideEdits(job: Job, edits: readonly Edit[]): readonly Outcome[] {
    if (edits.length === 0) return [];
    const seq = this.seq + 1;
    const decision = decideCommit(this.#view(job.device), edits, {
      seq,
      firstOrdinal: this.#ordinal,
      now: BigInt(job.now) * 1_000_000n,
      author: job.author,
      contentSize: job.contentSize,
      conflictCopies: false,
      joins: job.joins,
    });
    this.conflicts.push(...decision.conflicts);
    const conflicts = new Set(decision.conflicts.map(({ id }) => id));
    for (const write of decision.writes) this.#store(job.device, seq, write, conflicts);
    this.#ordinal += decision.writes.length;
    return decision.outcomes;
  }

  #store(device: string, seq: Seq, write: VersionWrite, conflicts: ReadonlySet<string>): void {
    const { path, state, order, contentSince, parent, lost, changeId } = write;
    const version = versionId(seq, write.ordinal);
    const replaced = this.heads.get(path) ?? null;
    const kept: KeptVersion = { path, version, state, order, contentSince, parent, lost, device, proposed: changeId !== null, replaced };
    this.#keep(kept);
    if (!lost) this.#lines.push({ op: 'head', path, version, state });
    if (changeId === null) return;
    const conflict = conflicts.has(`c${version}`) ? `c${version}` : null;
    this.#answered.set(`${device} ${changeId}`, { path, version: kept, conflict, lost });
  }

  #keep(kept: KeptVersion): void {
    this.versions.push(kept);
    this.#byId.set(`${kept.version} ${kept.path}`, kept);
    if (!kept.lost) this.heads.set(kept.path, kept);
  }

  #decideMove(job: Job, change: MoveChange): Outcome {
    const decision = decideMove(this.#view(job.device), change);
    if (decision.verdict === 'answer') return decision.outcome;
    const { from, to } = change;
    const version = versionId(this.seq + 1, this.#ordinal++);
    const moved = this.live().filter(({ path }) => path === from || isBelow(path, from));
    for (const { path, state } of moved) {
      const old = this.heads.get(path) as StoredVersion;
      const target = rebase(path, from, to);
      const replaced = this.heads.get(target) ?? null;
      const made = { version, contentSince: version, lost: false, device: job.device, proposed: false };
      const order = (replaced !== null && replaced.order > old.order ? replaced.order : old.order) + ORDER_STEP;
      this.#keep({ ...made, path, state: { kind: 'tombstone' }, order: old.order + ORDER_STEP, parent: old.version, replaced: old });
      this.#keep({ ...made, path: target, state, order, parent: old.version, replaced });
    }
    this.#lines.push({ op: 'move', from, to, version });
    const arrived = this.version(to, version) as KeptVersion;
    this.#answered.set(`${job.device} ${change.id}`, { path: to, version: arrived, conflict: null, lost: false });
    return { id: change.id, status: 'committed', version, conflict: null };
  }
}
