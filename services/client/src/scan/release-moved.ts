import type { RelativePath } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';

/**
 * What was taken for deleted, and waits for a person as such, was found under another name: it waits no longer. When that leaves a hold of
 * folders only, those go on too: nothing is lost with them, and nobody is to be asked about what did not happen.
 */
export function releaseMoved({ state, changes, clock }: Engine, moved: readonly RelativePath[]): void {
  const id = state.holds.current();
  if (id === null) return;
  const held = moved
    .flatMap((from) => [from, ...[...state.base.under(from)].map(({ path }) => path)])
    .filter((path) => state.holds.has(path));
  if (held.length === 0) return;
  state.transaction(() => {
    for (const path of held) state.holds.release(path);
    const left = state.holds.paths(id);
    if (left.some((path) => state.base.get(path)?.state.kind !== 'dir')) return;
    for (const path of left) {
      state.holds.release(path);
      changes.remove(path, clock.monotonic());
    }
  });
}
