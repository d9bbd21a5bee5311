import { type Commit, type Head, type LogChange, type RelativePath, rebase, splitVersionId } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/**
 * Takes commits of the server's log, in their order and without a gap after the cursor, into the state: heads that differ from the base
 * become remote heads to apply, and the cursor moves. What the base already holds (own commits above all) leaves nothing to do.
 */
export function replayLog(engine: Engine, commits: readonly Commit[], cursor: number): void {
  const { state } = engine;
  state.transaction(() => {
    for (const commit of commits) {
      if (commit.seq <= state.cursor) continue;
      for (const change of commit.changes) replayChange(engine, change);
    }
    if (cursor > state.cursor) state.setFact('cursor', String(cursor));
  });
  if (cursor > engine.head) engine.head = cursor;
}

/** Takes live heads of a snapshot into the state. Runs inside a transaction. */
export function replayHead(engine: Engine, head: Head): void {
  const { state } = engine;
  const base = state.base.get(head.path);
  if (isIgnored(engine, head, base)) return;
  const seq = splitVersionId(head.version).seq;
  if (base !== null && splitVersionId(base.version).seq > seq) return;
  if (head.state.kind === 'tombstone' && base === null && !engine.pushing.has(head.path) && !engine.changes.has(head.path))
    state.remote.remove(head.path);
  else state.remote.learn(head);
}

function replayChange(engine: Engine, change: LogChange): void {
  if (change.op === 'head') replayHead(engine, change);
  else replayMove(engine, change);
}

function isIgnored(engine: Engine, head: Head, base: BaseEntry | null): boolean {
  const kind =
    head.state.kind !== 'tombstone' ? head.state.kind : base !== null && base.state.kind !== 'tombstone' ? base.state.kind : 'file';
  return engine.ignore.ignores(head.path, kind);
}

/**
 * A move by someone else: every entry below the old path, as the server has it there, gets the new path and the move's version. When
 * nothing else is different below, one rename can do the same on disk; the heads are written in any case, for where it cannot.
 */
function replayMove(engine: Engine, { from, to, version }: LogChange & { op: 'move' }): void {
  const { state } = engine;
  const target = state.base.get(to);
  if (target !== null && splitVersionId(target.version).seq >= splitVersionId(version).seq) return;
  const waiting = [state.remote.get(from), ...state.remote.under(from)].filter((head): head is RemoteHead => head !== null);
  const heads = new Map<RelativePath, RemoteHead>();
  const source = state.base.get(from);
  for (const entry of source === null ? [] : [source, ...state.base.under(from)]) {
    if (entry.state.kind !== 'tombstone')
      heads.set(entry.path, { path: entry.path, version: entry.version, state: entry.state, movedFrom: entry.path });
  }
  for (const head of waiting) heads.set(head.path, head);
  for (const head of heads.values()) {
    if (state.base.get(head.path) !== null) state.remote.put({ path: head.path, version, state: { kind: 'tombstone' }, movedFrom: null });
    else state.remote.remove(head.path);
    if (head.state.kind === 'tombstone') continue;
    const path = rebase(head.path, from, to);
    if (!engine.ignore.ignores(path, head.state.kind)) state.remote.put({ path, version, state: head.state, movedFrom: head.movedFrom });
  }
  if (waiting.length === 0 && source !== null && target === null) state.remote.addMove({ from, to, version });
}
