import { sameContent } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';

/**
 * Forgets of the base what the disk does not confirm, when the base may be older or newer than the folder: a content that differs is then no
 * edit of the base's version, and what is absent no deletion. What was found is to be looked at again afterwards.
 */
export function doubtChanges({ state, changes }: Engine): void {
  state.transaction(() => {
    for (const [path, { entry }] of changes.puts) {
      const base = state.base.get(path);
      const isTouch = base !== null && base.state.kind !== 'tombstone' && sameContent(base.state, entry);
      if (base !== null && !isTouch) state.base.remove(path);
    }
    for (const path of changes.deletes) state.base.remove(path);
    for (const { from } of changes.moves) {
      for (const { path } of [...state.base.under(from)]) state.base.remove(path);
      state.base.remove(from);
    }
    for (const { id } of state.holds.list()) {
      for (const path of state.holds.paths(id)) state.base.remove(path);
      state.holds.end(id);
    }
  });
  changes.clear();
}
