import {
  type Change,
  type Outcome,
  type PutChange,
  type RelativePath,
  type VersionId,
  type VersionState,
  sameContent,
} from '@syncpair/contracts';
import { noteEarlier } from '../crash/note-earlier.ts';
import { type Engine, shortHash } from '../daemon/engine.ts';
import type { LocalPut } from '../scan/local-changes.ts';

/** A change on its way, with what the disk looked like when it was made. */
export interface Proposal {
  readonly change: Change;
  /** For puts: the entry as it was read. */
  readonly put: LocalPut | null;
}

/**
 * Records what the server made of a put or delete: as the new base what both agree on, as a remote head what is still to be applied here.
 * Runs inside a transaction of the state. Moves are recorded by `recordMove`.
 */
export function recordOutcome(engine: Engine, { change, put }: Proposal, outcome: Outcome): void {
  if (change.op === 'move') return;
  if (change.op === 'put' && put !== null) recordPut(engine, change, put, outcome);
  else recordDelete(engine, change.path, outcome);
}

function recordPut(engine: Engine, change: PutChange, put: LocalPut, outcome: Outcome): void {
  const { state, changes, problems, log } = engine;
  const { path, entry } = change;
  const overtaken = engine.overtaken.get(path);
  engine.overtaken.delete(path);
  const before = state.base.get(path);
  const version = agreedVersion(change, outcome);
  if (version !== null) state.base.put({ path, version, state: entry, held: false, stamp: put.stamp, inode: put.inode });
  switch (outcome.status) {
    case 'committed':
      state.remote.remove(path, outcome.version);
      if (outcome.conflict !== null) {
        log.warn(
          `⚠️  Conflict detected for file: ${path}: the version from here (${nameOf(entry)}) won as the newer one, the server's (${overtaken === undefined ? 'unknown' : nameOf(overtaken)}) is kept as conflict ${outcome.conflict}`,
        );
      } else log.debug(`✓ Uploaded: ${path}`);
      break;
    case 'current':
      // Null is no answer to a put.
      if (outcome.head === null) return;
      state.remote.learn(outcome.head);
      break;
    case 'merged':
      state.remote.learn(outcome.head);
      if (outcome.head.state.kind === 'tombstone' || sameContent(entry, outcome.head.state)) log.debug(`merged the metadata of ${path}`);
      else log.info(`${path}: what lies here is an older version; the newer one is taken`);
      break;
    case 'lost':
      state.remote.learn(outcome.head);
      log.warn(
        `⚠️  Conflict detected for file: ${path}: the server's version (${nameOf(outcome.head.state)}) won as the newer one, the version from here (${nameOf(entry)}) is kept as conflict ${outcome.conflict}`,
      );
      break;
    case 'superseded':
      if (outcome.head !== null) state.remote.learn(outcome.head);
      break;
    case 'rejected':
      problems.report('push', path, outcome.code, outcome.message, engine.clock.monotonic());
      return;
    case 'needs_content':
    // Only deletions are held.
    case 'held':
      return;
  }
  if (version !== null && version !== before?.version) noteEarlier(engine, path, { before: before?.state ?? null, after: entry, version });
  problems.clear('push', path);
  if (changes.puts.get(path)?.stamp === put.stamp) changes.puts.delete(path);
}

/** Of which version the server takes what was put here; null where it says nothing of the kind. */
function agreedVersion(change: PutChange, outcome: Outcome): VersionId | null {
  switch (outcome.status) {
    case 'committed':
    case 'lost':
      return outcome.version;
    case 'current':
      return outcome.head?.version ?? null;
    case 'merged':
      return mergedFrom(change, outcome);
    case 'superseded':
      return outcome.head === null ? null : change.base;
    case 'rejected':
    case 'needs_content':
    case 'held':
      return null;
  }
}

/** A head with another content is not what lies here: what is made of that meanwhile was made from the version before, and contests the head. */
function mergedFrom({ base, entry }: PutChange, { head, older }: Outcome & { status: 'merged' }): VersionId {
  const isHere = head.state.kind === 'tombstone' || sameContent(entry, head.state);
  return older ?? (isHere || base === null ? head.version : base);
}

const nameOf = (state: VersionState): string => (state.kind === 'file' ? shortHash(state.hash) : state.kind);

function recordDelete(engine: Engine, path: RelativePath, outcome: Outcome): void {
  const { state, changes, problems, log } = engine;
  const before = state.base.get(path);
  switch (outcome.status) {
    case 'committed':
      if (before !== null) noteEarlier(engine, path, { before: before.state, after: { kind: 'tombstone' }, version: outcome.version });
      state.base.remove(path);
      state.remote.remove(path, outcome.version);
      log.debug(`✓ Deleted on the server: ${path}`);
      break;
    case 'current':
      state.base.remove(path);
      if (outcome.head === null || outcome.head.state.kind === 'tombstone') state.remote.remove(path);
      else state.remote.learn(outcome.head);
      break;
    case 'superseded':
      state.base.remove(path);
      if (outcome.head !== null) state.remote.learn(outcome.head);
      log.info(`${path} was deleted here while it was changed elsewhere; the change stays`);
      break;
    case 'held':
      holdOfServer(engine, path, outcome.hold);
      break;
    case 'rejected':
      problems.report('push', path, outcome.code, outcome.message, engine.clock.monotonic());
      return;
    case 'merged':
    case 'lost':
    case 'needs_content':
      return;
  }
  problems.clear('push', path);
  changes.deletes.delete(path);
}

/** The server finds the deletions too many. Why, the list of holds tells, which follows. */
function holdOfServer({ state, clock }: Engine, path: RelativePath, id: string): void {
  state.holds.create({ id, reason: 'the server holds it', live: 0, since: new Date(clock.wall()).toISOString() });
  state.holds.add(id, [path], true);
}
