import { type RelativePath, versionId } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { proveServer } from '../identity/prove-server.ts';
import type { Snapshot } from '../server/sync-server.ts';
import { RejoinNeeded, negotiate } from './negotiator.ts';
import { replayHead } from './replay-log.ts';

/** No limit, as SQLite takes it. */
const EVERY = -1;

/**
 * Merges with a directory whose history this client does not share (a first join, another epoch, a lost state): the base is forgotten, the
 * server's heads become remote heads, and everything on disk is looked at as new. Equal contents are adopted, different ones are
 * concurrent versions, and nothing is deleted on either side.
 */
export async function joinAnew(engine: Engine): Promise<void> {
  const { state, changes, server } = engine;
  const snapshot = await server.snapshot();
  proveServer(engine, snapshot.server);
  state.transaction(() => {
    state.setFact('epoch', null);
    state.setFact('cursor', null);
    state.setFact('mark', null);
    state.setFact('joining', 'yes');
    state.base.clear();
    state.remote.clear();
    for (const hold of state.holds.list()) state.holds.end(hold.id);
  });
  changes.clear();
  await readHeads(engine, snapshot.heads, () => undefined);
  // What was heard of the other history says nothing about this one.
  engine.head = snapshot.seq;
  finish(engine, snapshot);
}

/**
 * Reads every head again while the base stays: what ignore rules had kept out may count now, and what was deleted elsewhere while it was
 * ignored here is found by its absence from the snapshot.
 *
 * @throws {RejoinNeeded | OtherServerError} when the heads are not those of the history that the base belongs to
 */
export async function readAllHeads(engine: Engine): Promise<void> {
  const { state, server } = engine;
  // What a server lacks that was set back is not deleted: only the history that the base belongs to can tell by absence.
  await negotiate(engine, { changes: [], pull: false });
  const snapshot = await server.snapshot();
  if (snapshot.epoch !== state.fact('epoch')) throw new RejoinNeeded(null);
  const seen = new Set<RelativePath>();
  await readHeads(engine, snapshot.heads, (path) => seen.add(path));
  state.transaction(() => {
    for (const path of unseen(engine, seen))
      replayHead(engine, { path, version: versionId(snapshot.seq, 0), state: { kind: 'tombstone' } });
  });
  finish(engine, snapshot);
}

/** What is known here as live and not in the snapshot, from heads that wait too: a snapshot that was cut may have told of them. */
function unseen({ state }: Engine, seen: ReadonlySet<RelativePath>): RelativePath[] {
  const isGone = (path: RelativePath): boolean => state.remote.get(path)?.state.kind === 'tombstone';
  const known = [...state.base.all(), ...state.remote.after('', EVERY)].filter(({ state: { kind } }) => kind !== 'tombstone');
  return [...new Set(known.map(({ path }) => path))].filter((path) => !seen.has(path) && !isGone(path));
}

async function readHeads(
  engine: Engine,
  heads: AsyncIterable<readonly Parameters<typeof replayHead>[1][]>,
  onPath: (path: RelativePath) => void,
): Promise<void> {
  for await (const batch of heads) {
    engine.state.transaction(() => {
      for (const head of batch) {
        onPath(head.path);
        replayHead(engine, head);
      }
    });
  }
}

function finish(engine: Engine, { epoch, seq, mark }: Snapshot): void {
  const { state } = engine;
  state.transaction(() => {
    state.setFact('epoch', epoch);
    if (seq > state.cursor) {
      state.setFact('cursor', String(seq));
      state.setFact('mark', mark);
    }
    state.setFact('ignoring', engine.ignore.fingerprint);
  });
  if (seq > engine.head) engine.head = seq;
  engine.wake();
}
