import type { Engine } from '../daemon/engine.ts';

/** Forgets how contents are cut that no file here has any more, but for those of changes that wait. */
export function forgetManifests({ state, changes }: Engine): void {
  const waiting = [...changes.puts.values()].flatMap(({ entry }) => (entry.kind === 'file' ? [entry.hash] : []));
  state.transaction(() => state.manifests.prune(new Set(waiting)));
}
