import {
  type ContentHash,
  type DeleteChange,
  type Entry,
  type Head,
  type Outcome,
  type PutChange,
  type RelativePath,
  type Seq,
  type VersionId,
  type VersionState,
  ancestorsOf,
  isLaterVersion,
  isSameTime,
  sameContent,
  sameState,
} from '@syncpair/contracts';
import { conflictCopyPath } from './conflict-copy-name.ts';
import { mergeBesideEdit, mergeSameContent } from './merge-metadata.ts';
import { orderOf, wins } from './order.ts';
import { Overlay } from './overlay.ts';
import type { ConflictWrite, DirectoryView, StoredVersion, VersionWrite } from './stored-version.ts';

/** What a decision needs beside the directory's state. */
export interface CommitContext {
  /** The sequence number that the commit gets if it writes anything. */
  readonly seq: Seq;
  /** The place of the first write; above 0 when earlier changes of the same commit have written. */
  readonly firstOrdinal: number;
  /** The server's clock, nanoseconds since 1970. */
  readonly now: bigint;
  /** The `client_id` of the proposer, for the names of conflict copies. */
  readonly author: string;
  /** The size of a content that is durable on the server and that the proposer may use; null when there is none. */
  readonly contentSize: (hash: ContentHash) => number | null;
  readonly conflictCopies: boolean;
  /** The proposer merges its folder without knowing what it was made from: a content that a path had before is no news. */
  readonly joins?: boolean;
  /** A change whose base is not the head is superseded: it contests nothing, and replaces nothing that was not seen. */
  readonly strict?: boolean;
}

export interface CommitDecision {
  /** In the order of the changes. */
  readonly outcomes: readonly Outcome[];
  readonly writes: readonly VersionWrite[];
  readonly conflicts: readonly ConflictWrite[];
}

/**
 * Decides changes of one device, in their order, against the state of their directory. Each stands for itself: one that loses fails none
 * of the others.
 *
 * - A version made from the head replaces it, whatever the clocks say.
 * - Among concurrent contents the greater order wins and the other is kept as the loser of a conflict. A folder wins over anything that
 *   is not one, because its children would go with it.
 * - A concurrent edit survives a concurrent deletion; a touch does not.
 * - Equal content is never a conflict; executable bit and mtime merge by themselves.
 * - Whoever joins with a content that a path had before has an old copy: the head stays.
 * - What is exactly a version that came after its base, time and all, is that version: somebody got it and could not note so.
 * - A path needs folders above it: missing ones are made again, a file in their place loses to the folder.
 */
export function decideCommit(view: DirectoryView, changes: readonly (PutChange | DeleteChange)[], context: CommitContext): CommitDecision {
  const decider = new Decider(new Overlay(view, context.seq, context.firstOrdinal), context);
  const outcomes = changes.map(
    (change) => decider.answer(change) ?? decider.stale(change) ?? (change.op === 'put' ? decider.put(change) : decider.remove(change)),
  );
  return { outcomes, writes: decider.overlay.writes, conflicts: decider.conflicts };
}

const isLive = (version: StoredVersion | null): version is StoredVersion & { state: Entry } =>
  version !== null && version.state.kind !== 'tombstone';
const isExecutable = (entry: Entry): boolean => entry.kind === 'file' && entry.executable;
const headOf = (path: RelativePath, stored: StoredVersion): Head => ({ path, version: stored.version, state: stored.state });

/** One pass over a list of changes; lives no longer than the call of `decideCommit`. */
class Decider {
  readonly overlay: Overlay;
  readonly conflicts: ConflictWrite[] = [];
  readonly #context: CommitContext;

  constructor(overlay: Overlay, context: CommitContext) {
    this.overlay = overlay;
    this.#context = context;
  }

  /** The first answer again, when the same change was sent before. */
  answer(change: PutChange | DeleteChange): Outcome | null {
    const earlier = this.overlay.answered(change.id);
    if (earlier === null) return null;
    const head = this.overlay.head(earlier.path);
    if (earlier.lost && earlier.conflict !== null && head !== null) {
      return {
        id: change.id,
        status: 'lost',
        version: earlier.version.version,
        conflict: earlier.conflict,
        head: headOf(earlier.path, head),
      };
    }
    if (change.op === 'put' && !sameState(earlier.version.state, change.entry)) {
      return { id: change.id, status: 'merged', head: headOf(earlier.path, earlier.version) };
    }
    return { id: change.id, status: 'committed', version: earlier.version.version, conflict: earlier.conflict };
  }

  /** What a strict change is answered when something else than what it was made from would be replaced. */
  stale(change: PutChange | DeleteChange): Outcome | null {
    if (this.#context.strict !== true) return null;
    const head = this.overlay.head(change.path);
    const inTheWay =
      change.op === 'put' &&
      (ancestorsOf(change.path).some((folder) => this.#isNoFolder(folder)) ||
        (head?.state.kind === 'dir' && change.entry.kind !== 'dir' && this.overlay.liveChildren(change.path) > 0));
    if ((head?.version ?? null) === change.base && !inTheWay) return null;
    return { id: change.id, status: 'superseded', head: head && headOf(change.path, head) };
  }

  #isNoFolder(path: RelativePath): boolean {
    const head = this.overlay.head(path);
    return isLive(head) && head.state.kind !== 'dir';
  }

  put(change: PutChange): Outcome {
    const refusal = this.#refuseSize(change);
    if (refusal !== null) return refusal;
    const head = this.overlay.head(change.path);
    if (!isLive(head)) return this.#putWhereNothingLives(change, head);
    if (sameContent(head.state, change.entry)) return this.#putSameContent(change, head);
    const copy = this.#oldCopy(change);
    if (copy !== null) return { id: change.id, status: 'merged', head: headOf(change.path, head), older: copy.version };
    const base = change.base === null ? null : this.overlay.version(change.path, change.base);
    const replacesFolder = head.state.kind === 'dir' && this.overlay.liveChildren(change.path) > 0;
    if (!replacesFolder) {
      if (change.base === head.version) return this.#accept(change, head, change.entry, this.#orderOf(change, head));
      if (base !== null && base.contentSince === head.contentSince) {
        return this.#accept(change, head, mergeBesideEdit(base.state, change.entry, head.state), this.#orderOf(change, base));
      }
    }
    if (base !== null && sameContent(base.state, change.entry)) return this.#metadataBesideEdit(change, head, base);
    const brought = this.#broughtVersion(change);
    if (brought !== null) return { id: change.id, status: 'merged', head: headOf(change.path, head), older: brought.version };
    return this.#contest(change, head, base, replacesFolder);
  }

  remove(change: DeleteChange): Outcome {
    const head = this.overlay.head(change.path);
    if (!isLive(head)) return { id: change.id, status: 'current', head: head && headOf(change.path, head) };
    const base = this.overlay.version(change.path, change.base);
    const unchanged =
      head.version === change.base ||
      (base !== null && base.contentSince === head.contentSince) ||
      (base?.state.kind === 'dir' && head.state.kind === 'dir');
    if (!unchanged || (head.state.kind === 'dir' && this.overlay.liveChildren(change.path) > 0)) {
      return { id: change.id, status: 'superseded', head: headOf(change.path, head) };
    }
    const write = this.#write(change.path, { kind: 'tombstone' }, { from: head, changeId: change.id });
    return { id: change.id, status: 'committed', version: write, conflict: null };
  }

  /** A restored backup or an old copy, whatever its mtime: the head was made after it. */
  #oldCopy({ base, path, entry }: PutChange): StoredVersion | null {
    if (this.#context.joins !== true || base !== null || entry.kind !== 'file') return null;
    return this.overlay.former(path, entry)[0]?.version ?? null;
  }

  /**
   * The version that a client had put in place and was killed before it could note so. A user who came to the same content by another way has
   * another time of it; but where the client knew nothing of the path and it was deleted since, they may have brought it back, time and all.
   */
  #broughtVersion({ base, path, entry }: PutChange): StoredVersion | null {
    if (entry.kind === 'dir') return null;
    const found = this.overlay.former(path, entry).find(({ version: { version, state }, isDeletedSince }) => {
      const isSame = state.kind === entry.kind && isSameTime(state.mtime, entry.mtime) && isExecutable(state) === isExecutable(entry);
      return isSame && (base === null ? !isDeletedSince : isLaterVersion(version, base));
    });
    return found?.version ?? null;
  }

  #refuseSize(change: PutChange): Outcome | null {
    if (change.entry.kind !== 'file') return null;
    const size = this.#context.contentSize(change.entry.hash);
    if (size === null || size === change.entry.size) return null;
    return {
      id: change.id,
      status: 'rejected',
      code: 'hash_mismatch',
      message: `the content ${change.entry.hash} has ${size} bytes, not ${change.entry.size}`,
    };
  }

  #lacksContent(entry: Entry): boolean {
    return entry.kind === 'file' && this.#context.contentSize(entry.hash) === null;
  }

  #putWhereNothingLives(change: PutChange, head: StoredVersion | null): Outcome {
    if (head === null || change.base === null) return this.#accept(change, head, change.entry, this.#orderOf(change, null));
    const base = this.overlay.version(change.path, change.base);
    // A touch of what somebody deleted meanwhile is no edit that could outlive the deletion.
    if ((isLive(base) && sameContent(base.state, change.entry)) || this.#broughtVersion(change) !== null) {
      return { id: change.id, status: 'superseded', head: headOf(change.path, head) };
    }
    return this.#accept(change, head, change.entry, this.#orderOf(change, base));
  }

  #putSameContent(change: PutChange, head: StoredVersion & { state: Entry }): Outcome {
    const base = change.base === null ? null : this.overlay.version(change.path, change.base);
    const merged = change.base === head.version ? change.entry : mergeSameContent(base?.state ?? null, head.state, change.entry);
    if (sameState(merged, head.state)) return { id: change.id, status: 'current', head: headOf(change.path, head) };
    const isTouch = change.base === head.version || (base !== null && sameContent(base.state, change.entry));
    const own = isTouch ? head.order : this.#orderOf(change, base);
    return this.#accept(change, head, merged, own > head.order ? own : head.order);
  }

  /** Only mtime or executable bit were changed, while the head has another content: the bit is carried over to it. */
  #metadataBesideEdit(change: PutChange, head: StoredVersion & { state: Entry }, base: StoredVersion): Outcome {
    const merged = mergeBesideEdit(base.state, head.state, change.entry);
    if (sameState(merged, head.state)) return { id: change.id, status: 'superseded', head: headOf(change.path, head) };
    const version = this.#write(change.path, merged, { from: head, order: head.order, changeId: change.id });
    return { id: change.id, status: 'merged', head: { path: change.path, version, state: merged } };
  }

  #contest(change: PutChange, head: StoredVersion, base: StoredVersion | null, replacesFolder: boolean): Outcome {
    if (this.#lacksContent(change.entry)) return { id: change.id, status: 'needs_content' };
    const proposed = { state: change.entry, order: this.#orderOf(change, base) };
    const kind = (change.entry.kind === 'dir') === (head.state.kind === 'dir') ? 'content' : 'kind';
    const baseId = base?.version ?? null;
    if (!replacesFolder && wins(proposed, head)) {
      const version = this.#write(change.path, change.entry, { from: base, order: proposed.order, changeId: change.id });
      const conflict = this.#conflict(change.path, kind, baseId, version, head.version, version);
      this.#copyLoser(change.path, head.state, head.version, null);
      return { id: change.id, status: 'committed', version, conflict };
    }
    const version = this.overlay.write({
      path: change.path,
      ...proposed,
      sameContentAs: null,
      parent: baseId,
      changeId: change.id,
      lost: true,
    });
    const conflict = this.#conflict(change.path, kind, baseId, head.version, version, version);
    this.#copyLoser(change.path, change.entry, version, this.#context.author);
    return { id: change.id, status: 'lost', version, conflict, head: headOf(change.path, head) };
  }

  #accept(change: PutChange, head: StoredVersion | null, state: Entry, order: bigint): Outcome {
    if (this.#lacksContent(state)) return { id: change.id, status: 'needs_content' };
    const version = this.#write(change.path, state, { from: head, order, changeId: change.id });
    return sameState(state, change.entry)
      ? { id: change.id, status: 'committed', version, conflict: null }
      : { id: change.id, status: 'merged', head: { path: change.path, version, state } };
  }

  /**
   * The order of a proposed content. It comes from the version the proposer saw, never from what happens to be the head by now: else what
   * arrived in between would decide the next contest.
   */
  #orderOf(change: PutChange, base: StoredVersion | null): bigint {
    return orderOf(change.entry, base?.order ?? null, this.#context.now);
  }

  /** Writes a head, with the folders it needs above it. */
  #write(
    path: RelativePath,
    state: VersionState,
    made: { readonly from: StoredVersion | null; readonly order?: bigint; readonly changeId: string | null },
  ): VersionId {
    const { from, changeId } = made;
    if (state.kind !== 'tombstone') this.#makeAncestors(path);
    const sameContentAs = from !== null && sameContent(from.state, state) ? from : null;
    const order = made.order ?? orderOf(state, from?.order ?? null, this.#context.now);
    return this.overlay.write({ path, state, order, sameContentAs, parent: from?.version ?? null, changeId, lost: false });
  }

  #makeAncestors(path: RelativePath): void {
    for (const folder of ancestorsOf(path)) {
      const head = this.overlay.head(folder);
      if (head?.state.kind === 'dir') continue;
      const version = this.overlay.write({
        path: folder,
        state: { kind: 'dir' },
        order: orderOf({ kind: 'dir' }, head?.order ?? null, this.#context.now),
        sameContentAs: null,
        parent: head?.version ?? null,
        changeId: null,
        lost: false,
      });
      if (isLive(head)) {
        this.#conflict(folder, 'kind', null, version, head.version, version);
        this.#copyLoser(folder, head.state, head.version, null);
      }
    }
  }

  #conflict(
    path: RelativePath,
    kind: ConflictWrite['kind'],
    base: VersionId | null,
    winner: VersionId,
    loser: VersionId,
    at: VersionId,
  ): string {
    const id = `c${at}`;
    this.conflicts.push({ id, path, kind, base, winner, loser });
    return id;
  }

  #copyLoser(path: RelativePath, state: VersionState, loser: VersionId, author: string | null): void {
    if (!this.#context.conflictCopies || (state.kind !== 'file' && state.kind !== 'link')) return;
    const copy = conflictCopyPath(path, author, loser);
    if (!isLive(this.overlay.head(copy))) this.#write(copy, state, { from: null, changeId: null });
  }
}
