import { type DirectoryStatus, directoryKey } from '@syncpair/contracts';
import type { DirectorySync } from '../daemon/directory-sync.ts';
import { readNotice } from '../identity/notice.ts';
import { openHolds } from '../holds/known-holds.ts';
import type { Engine } from '../daemon/engine.ts';

/** What is to be told of a directory at work. */
export function directoryStatus(sync: DirectorySync): DirectoryStatus {
  const { engine } = sync;
  const { config, state, problems } = engine;
  const upload = [...engine.changes.puts.values()];
  const remote = state.remote.totals();
  const holds = state.holds.list();
  const surprises = sync.surprises.list();
  const found = [...surprises, ...problems.list()];
  if (sync.halted !== null) found.unshift({ path: '.', code: sync.haltCode ?? 'root_missing', message: sync.halted });
  return {
    name: config.name,
    namespace: directoryKey({ client_id: engine.clientId, name: config.name, shared: config.shared }),
    local_path: config.localPath,
    state: stateOf(sync, holds.length),
    in_sync: sync.progress.isSettled && !problems.blocking && surprises.length === 0 && holds.length === 0,
    cursor: String(state.cursor),
    pending: {
      upload: { files: upload.length, bytes: upload.reduce((sum, { entry }) => sum + (entry.kind === 'file' ? entry.size : 0), 0) },
      download: { files: remote.files, bytes: remote.bytes },
      delete: remote.deletions + engine.changes.deletes.size,
    },
    problems: found,
    conflicts: engine.conflicts,
    holds: openHolds(engine).length,
    frozen: countFrozen(engine),
    watch: watchStatus(sync),
    notice: readNotice(state),
    last_sync: sync.pulledAt === null ? null : state.fact('last_sync'),
  };
}

/** While what was lost is still being looked for, nothing counts as watched. */
function watchStatus({ watcher, scanner }: DirectorySync): DirectoryStatus['watch'] {
  const coverage = watcher.coverage();
  const mode = coverage > 0 ? 'events' : 'polling';
  if (scanner.lost === null) return { mode, coverage, reason: watcher.reason() };
  return { mode, coverage: 0, reason: `file events were lost: ${scanner.lost}; the whole folder is being scanned` };
}

function stateOf(sync: DirectorySync, holds: number): DirectoryStatus['state'] {
  const { engine } = sync;
  if (sync.halted !== null) return 'error';
  if (!sync.connection.isUp) return 'offline';
  if (!sync.progress.isComplete) return 'scanning';
  if (sync.progress.isSettled)
    return holds > 0 ? 'held' : engine.problems.blocking || sync.surprises.list().length > 0 ? 'error' : 'in_sync';
  return 'syncing';
}

const frozenCounts = new WeakMap<Engine['ignore'], number>();

/** Paths that were synchronised and are ignored now; counted once for each set of rules. */
function countFrozen({ state, ignore }: Engine): number {
  const known = frozenCounts.get(ignore);
  if (known !== undefined) return known;
  let frozen = 0;
  if (!ignore.isEmpty) for (const { path, kind } of state.base.paths()) if (ignore.ignores(path, kind)) frozen++;
  frozenCounts.set(ignore, frozen);
  return frozen;
}
