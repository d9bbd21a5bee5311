import { DomainError, MAX_CHANGES_PER_REQUEST } from '@syncpair/contracts';
import { DEFAULT_HOLD_LIMITS, type HoldLimits } from '@syncpair/sync-core';
import { ContentsGone } from '../content/contents-gone.ts';
import type { Database } from '../database/database.ts';
import type { CommitJob, CommitResult, CommittedGroup, DecidedGroup } from './commit-job.ts';
import { commitTogether } from './commit-together.ts';
import { type Recover, commitWithRecovery } from './commit-with-recovery.ts';
import { Lane, type WaitingJob } from './lane.ts';

/** Transactions of several directories that are under way at once: the fewer, the more goes into each. */
const MOST_SHARED = 1;
/** Milliseconds after which a shared transaction is not waited for: its connection may be dead, and everybody would wait with it. */
const PATIENCE_MS = 500;

/** What one directory has in a transaction. */
interface Part {
  readonly lane: Lane;
  readonly group: readonly WaitingJob[];
}

/**
 * A queue for each directory: what arrives while one transaction is under way goes together into the next. The row lock is held until the
 * log is flushed to disk, so without groups a directory would take one commit per flush. Directories in which little waits share a
 * transaction; one with much, with a move, or whose row another process has, gets one of its own, and delays none of the others.
 */
export class CommitQueue {
  readonly #database: Database;
  readonly #committed: (group: CommittedGroup) => void;
  readonly #clock: () => number;
  readonly #recover: Recover;
  readonly #limits: HoldLimits;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that wait for a shared transaction, longest first. */
  readonly #ready = new Set<Lane>();
  #sharing = 0;

  /**
   * `committed` hears of each group once it is durable; `clock` tells milliseconds since 1970; `limits` say when deletions are held in
   * directories that have no limits of their own.
   */
  constructor(
    database: Database,
    committed: (group: CommittedGroup) => void,
    clock: () => number,
    recover: Recover,
    limits: HoldLimits = DEFAULT_HOLD_LIMITS,
  ) {
    this.#database = database;
    this.#committed = committed;
    this.#clock = clock;
    this.#recover = recover;
    this.#limits = limits;
  }

  /** Resolves when the job is decided and durable. */
  commit(job: CommitJob): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const known = this.#lanes.get(job.key);
      const lane = known ?? new Lane(job.key);
      lane.add({ job, resolve, reject });
      if (known === undefined) this.#lanes.set(job.key, lane);
      if (known === undefined || (!lane.isSmall && this.#ready.delete(lane))) this.#goOn([lane]);
    });
  }

  /** Lanes of which nothing is under way. */
  #goOn(lanes: readonly Lane[]): void {
    for (const lane of lanes) {
      if (lane.isEmpty) this.#lanes.delete(lane.key);
      else if (lane.isSmall) this.#ready.add(lane);
      else void this.#alone({ lane, group: lane.takeGroup() });
    }
    while (this.#sharing < MOST_SHARED && this.#ready.size > 0) void this.#share(this.#takeReady());
  }

  #takeReady(): Part[] {
    const parts: Part[] = [];
    let changes = 0;
    for (const lane of this.#ready) {
      if (parts.length > 0 && changes + lane.changes > MAX_CHANGES_PER_REQUEST) break;
      changes += lane.changes;
      this.#ready.delete(lane);
      parts.push({ lane, group: lane.takeAll() });
    }
    return parts;
  }

  async #share(parts: readonly Part[]): Promise<void> {
    this.#sharing += 1;
    let isWaitedFor = true;
    const giveUp = (): void => {
      isWaitedFor = false;
      this.#sharing -= 1;
      this.#goOn([]);
    };
    const timer = setTimeout(giveUp, PATIENCE_MS);
    const left = await this.#together(parts);
    clearTimeout(timer);
    if (isWaitedFor) this.#sharing -= 1;
    for (const part of left) void this.#alone(part);
    const others = new Set(left.map(({ lane }) => lane));
    this.#goOn(parts.flatMap(({ lane }) => (others.has(lane) ? [] : [lane])));
  }

  async #alone({ lane, group }: Part): Promise<void> {
    await this.#run(group);
    this.#goOn([lane]);
  }

  /** Answers the jobs of all parts but for those that it returns: they need a transaction of their own. */
  async #together(parts: readonly Part[]): Promise<readonly Part[]> {
    let decided: (DecidedGroup | null)[];
    try {
      decided = await commitTogether(
        this.#database,
        parts.map(({ group }) => group.map(({ job }) => job)),
        this.#clock(),
        this.#limits,
      );
    } catch (error) {
      return this.#apart(parts, error);
    }
    return parts.filter(({ group }, index) => {
      const done = decided[index] ?? null;
      if (done !== null) this.#answer(group, done);
      return done === null;
    });
  }

  /** Nothing of the parts is stored. One that cannot be stored must not fail its neighbours, and is found by halves. */
  async #apart(parts: readonly Part[], error: unknown): Promise<readonly Part[]> {
    if (error instanceof ContentsGone) {
      // What is gone is looked for in the store, and what another transaction has is waited for, which takes its time.
      const lacking = parts.filter(({ group }) => group.some(({ job }) => error.isOf(job.contents.values())));
      const others = parts.filter((part) => !lacking.includes(part));
      return others.length === 0 || lacking.length === 0 ? parts : [...lacking, ...(await this.#together(others))];
    }
    if (error instanceof DomainError) {
      for (const { reject } of parts.flatMap(({ group }) => group)) reject(error);
      return [];
    }
    if (parts.length === 1) return parts;
    const half = Math.ceil(parts.length / 2);
    return (await Promise.all([this.#together(parts.slice(0, half)), this.#together(parts.slice(half))])).flat();
  }

  async #run(group: readonly WaitingJob[]): Promise<void> {
    let decided: DecidedGroup;
    try {
      decided = await commitWithRecovery(
        this.#database,
        group.map(({ job }) => job),
        this.#clock(),
        this.#recover,
        this.#limits,
      );
    } catch (error) {
      // Nothing of the group is stored. A job that cannot be stored must not fail its neighbours, so each is tried alone.
      if (group.length === 1 || error instanceof DomainError) for (const { reject } of group) reject(error);
      else for (const entry of group) await this.#run([entry]);
      return;
    }
    this.#answer(group, decided);
  }

  #answer(group: readonly WaitingJob[], { results, group: committed }: DecidedGroup): void {
    try {
      if (committed !== null) this.#committed(committed);
      group.forEach(({ resolve }, index) => resolve(results[index] as CommitResult));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
