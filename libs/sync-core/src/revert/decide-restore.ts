import { type RelativePath, type VersionId, type VersionState, sameState } from '@syncpair/contracts';
import { type KeptPath, type RevertPlan, type RevertStep, byPath } from './revert-plan.ts';

export interface KnownVersion {
  readonly version: VersionId;
  readonly state: VersionState;
}

/** A path that differs between two moments; null where there was nothing yet. */
export interface ChangedPath {
  readonly path: RelativePath;
  readonly then: KnownVersion | null;
  readonly now: KnownVersion | null;
}

const isLive = (known: KnownVersion | null): boolean => known !== null && known.state.kind !== 'tombstone';

/**
 * How paths become again what they were. What did not exist then stays, unless `exact` takes it away. All paths that differ below a folder
 * have to be told, so that a file that lay in a folder's place is not brought back over contents that stay.
 */
export function decideRestore(changed: readonly ChangedPath[], exact: boolean): RevertPlan {
  const sorted = changed.toSorted(byPath);
  const steps: RevertStep[] = [];
  const kept: KeptPath[] = [];
  const added = sorted.filter(({ then, now }) => !isLive(then) && isLive(now));
  if (exact) for (const { path, now } of added.toReversed()) if (now !== null) steps.push({ op: 'delete', path, expected: now.version });
  const filled = exact ? new Set<string>() : foldersAbove(added.map(({ path }) => path));
  for (const { path, then, now } of sorted) {
    if (then === null || then.state.kind === 'tombstone' || (now !== null && sameState(then.state, now.state))) continue;
    const expected = now !== null && isLive(now) ? now.version : 'absent';
    if (then.state.kind !== 'dir' && now?.state.kind === 'dir' && filled.has(path)) kept.push({ path, reason: 'not_empty', by: null });
    else steps.push({ op: 'put', path, expected, entry: then.state, restored: then.version });
  }
  return { steps, kept };
}

function foldersAbove(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) folders.add(path.slice(0, slash));
  }
  return folders;
}
