import type { PlannedAction } from '../daemon/control.ts';
import type { DirectorySync } from '../daemon/directory-sync.ts';

/** What a sync would do now, from what is known of disk and server. */
export function plannedActions({ engine }: DirectorySync): PlannedAction[] {
  const { changes, state, config } = engine;
  const directory = config.name;
  const actions: PlannedAction[] = changes.moves.map(({ from, to }) => ({ directory, action: 'move_on_server', path: to, from, bytes: 0 }));
  for (const [path, { entry }] of changes.puts) {
    const base = state.base.get(path);
    const bytes = entry.kind === 'file' ? entry.size : 0;
    const sameBytes = base?.state.kind === 'file' && entry.kind === 'file' && base.state.hash === entry.hash;
    const remote = state.remote.get(path);
    if (remote !== null && entry.kind === 'file' && remote.state.kind === 'file' && remote.state.hash === entry.hash) continue;
    const action = sameBytes ? 'metadata' : remote !== null && remote.state.kind !== 'tombstone' ? 'conflict' : 'upload';
    actions.push({ directory, action, path, from: null, bytes: sameBytes ? 0 : bytes });
  }
  for (const path of changes.deletes) actions.push({ directory, action: 'delete_on_server', path, from: null, bytes: 0 });
  for (const { id } of state.holds.list())
    for (const path of [...state.holds.paths(id), ...state.holds.puts(id).map((put) => put.path)])
      actions.push({ directory, action: 'held', path, from: null, bytes: 0 });
  const moves = state.remote.moves();
  for (const { from, to } of moves) actions.push({ directory, action: 'move_here', path: to, from, bytes: 0 });
  const moved = new Set(moves.map(({ version }) => version));
  for (const head of allRemote(engine)) {
    if (changes.has(head.path) || moved.has(head.version)) continue;
    const base = state.base.get(head.path);
    if (head.state.kind === 'tombstone') {
      if (base !== null) actions.push({ directory, action: 'delete_here', path: head.path, from: null, bytes: 0 });
      continue;
    }
    const sameBytes = base?.state.kind === 'file' && head.state.kind === 'file' && base.state.hash === head.state.hash;
    const bytes = head.state.kind === 'file' && !sameBytes ? head.state.size : 0;
    actions.push({ directory, action: sameBytes ? 'metadata' : 'download', path: head.path, from: null, bytes });
  }
  return actions.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* allRemote({ state }: DirectorySync['engine']) {
  let after = '';
  for (let page = state.remote.after(after, 500); page.length > 0; page = state.remote.after(after, 500)) {
    yield* page;
    after = (page.at(-1) as (typeof page)[number]).path;
  }
}
