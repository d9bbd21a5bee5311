import {
  type Commit,
  type Head,
  type LogChange,
  type RelativePath,
  type VersionId,
  ancestorsOf,
  rebase,
  splitVersionId,
} from '@syncpair/contracts';
import { reveals } from '@syncpair/sync-core';
import { noteReplaced } from '../crash/note-replaced.ts';
import type { Engine } from '../daemon/engine.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';
import { wantHeads } from './want-heads.ts';
import { moveBase } from './move-base.ts';
import { cancelMoves } from './cancel-moves.ts';

/**
 * Takes commits of the server's log, in their order and without a gap after the cursor, into the state: heads that differ from the base
 * become remote heads to apply, and the cursor moves. What the base already holds leaves nothing to do.
 *
 * While moves from here wait for their answer nothing is taken: which lines of the log are those moves cannot be told yet, and their mover
 * reads on from the cursor.
 */
export function replayLog(engine: Engine, commits: readonly Commit[], cursor: number): void {
  const { state } = engine;
  if (engine.ownMoves.some(({ version }) => version === null)) {
    engine.pullWanted = true;
    return;
  }
  state.transaction(() => {
    for (const commit of commits) {
      if (commit.seq <= state.cursor) continue;
      for (const change of commit.changes) replayChange(engine, change);
    }
    if (cursor > state.cursor) {
      state.setFact('cursor', String(cursor));
      state.setFact('mark', commits.find(({ seq }) => seq === cursor)?.mark ?? null);
    }
  });
  if (cursor > engine.head) engine.head = cursor;
}

/** Takes a head of the log or of a snapshot into the state. Runs inside a transaction. */
export function replayHead(engine: Engine, head: Head): void {
  const { state } = engine;
  const base = state.base.get(head.path);
  if (isIgnored(engine, head, base)) return;
  if (base !== null && splitVersionId(base.version).seq > splitVersionId(head.version).seq) return;
  const known = engine.pushing.has(head.path) ? state.remote.get(head.path) : null;
  if (known !== null && known.state.kind !== 'tombstone') engine.overtaken.set(head.path, known.state);
  noteReplaced(engine, head.path, head.version);
  cancelMoves(engine.state, head.path, 'from');
  if (head.state.kind === 'tombstone' && base === null) noteGone(engine, head.path, head.version);
  else state.remote.learn(head);
}

/**
 * A path without a base is gone on the server. Worth a note while it is being made here, or while a change of it is on its way whose answer
 * may name an older head; else there is nothing to do.
 */
function noteGone(engine: Engine, path: RelativePath, version: VersionId): void {
  const { state, pushing, applying, changes } = engine;
  cancelMoves(engine.state, path);
  const isUnderWay = pushing.has(path) || changes.has(path) || [path, ...ancestorsOf(path)].some((each) => applying.has(each));
  if (isUnderWay) state.remote.learn({ path, version, state: { kind: 'tombstone' } });
  else state.remote.remove(path);
}

function replayChange(engine: Engine, change: LogChange): void {
  if (change.op === 'head') replayHead(engine, change);
  else if (!replayOwnMove(engine, change)) replayMove(engine, change);
}

/** A move from here has its place in the log: the base takes it at this point, and what others changed below before it moves along. */
function replayOwnMove(engine: Engine, { from, to, version }: LogChange & { op: 'move' }): boolean {
  if (!engine.ownMoves.some((own) => own.version === version)) return false;
  const kind = engine.state.base.get(from)?.state.kind;
  if (reveals(engine.ignore, { from, to }, kind === 'dir' ? 'folder' : 'single entry')) wantHeads(engine);
  moveBase(engine, from, to, version);
  engine.ownMoves = engine.ownMoves.filter((own) => own.version !== version);
  return true;
}

/**
 * True when neither what the head is nor what it takes the place of takes part here. While something is on its way there, what the base will
 * say of the path is not known yet: the head is kept until it is.
 */
function isIgnored(engine: Engine, { path, state }: Head, base: BaseEntry | null): boolean {
  const { pushing, applying, changes } = engine;
  if (pushing.has(path) || applying.has(path) || changes.has(path) || engine.state.remote.get(path) !== null) return false;
  const kinds = [state, base?.state].flatMap((known) => (known === undefined || known.kind === 'tombstone' ? [] : [known.kind]));
  return (kinds.length === 0 ? ['file' as const] : kinds).every((kind) => engine.ignore.ignores(path, kind));
}

/**
 * A move by someone else: every entry below the old path, as the server has it there, gets the new path and the move's version. When
 * nothing else is different below, one rename can do the same on disk; the heads are written in any case, for where it cannot.
 */
function replayMove(engine: Engine, { from, to, version }: LogChange & { op: 'move' }): void {
  const { state } = engine;
  cancelMoves(engine.state, from);
  cancelMoves(engine.state, to);
  const waiting = [state.remote.get(from), ...state.remote.under(from)].filter((head): head is RemoteHead => head !== null);
  const heads = new Map<RelativePath, RemoteHead>();
  const source = state.base.get(from);
  // A folder that is ignored here has no entry of its own, but what is in it may have.
  for (const entry of [source, ...state.base.under(from)]) {
    if (entry !== null && entry.state.kind !== 'tombstone')
      heads.set(entry.path, { path: entry.path, version: entry.version, state: entry.state, movedFrom: entry.path });
  }
  for (const head of waiting) heads.set(head.path, head);
  const isSingle = heads.size === 1 && heads.has(from) && heads.get(from)?.state.kind !== 'dir';
  if (reveals(engine.ignore, { from, to }, heads.size === 0 ? 'nothing' : isSingle ? 'single entry' : 'folder')) wantHeads(engine);
  for (const head of heads.values()) {
    noteReplaced(engine, head.path, version);
    if (state.base.get(head.path) !== null) state.remote.put({ path: head.path, version, state: { kind: 'tombstone' }, movedFrom: null });
    else noteGone(engine, head.path, version);
    if (head.state.kind === 'tombstone') continue;
    const path = rebase(head.path, from, to);
    if (!engine.ignore.ignores(path, head.state.kind)) state.remote.put({ path, version, state: head.state, movedFrom: head.movedFrom });
  }
  if (waiting.length === 0 && source !== null && state.base.get(to) === null) state.remote.addMove({ from, to, version });
}
