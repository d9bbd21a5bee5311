import type { Entry, RelativePath, VersionId } from '@syncpair/contracts';

/**
 * What must be at a path for a step to be carried out: this version, nothing that lives (`absent`), or what an earlier step of the same
 * plan put or moved there (`ours`). Whatever else lies there by then is somebody's work, and stays.
 */
export type Expected = VersionId | 'absent' | 'ours';

/** A path gets a state back that it had; `restored` is the version it is taken from. */
export interface PutStep {
  readonly op: 'put';
  readonly path: RelativePath;
  readonly expected: Expected;
  readonly entry: Entry;
  readonly restored: VersionId;
}

export interface DeleteStep {
  readonly op: 'delete';
  readonly path: RelativePath;
  readonly expected: VersionId | 'ours';
}

/** A file or folder gets its old name back, with whatever is in it by now. Folders that are missing above are made again. */
export interface MoveStep {
  readonly op: 'move';
  readonly path: RelativePath;
  readonly to: RelativePath;
  readonly expected: VersionId | 'ours';
}

export type RevertStep = PutStep | DeleteStep | MoveStep;

/**
 * Why a path stays as it is: somebody (`by`) changed it since, or gave it another name; what would come back has no room (`taken`: something
 * else lies there; `not_empty`: a folder with contents); its content has expired.
 */
export interface KeptPath {
  readonly path: RelativePath;
  readonly reason: 'changed_since' | 'renamed_since' | 'taken' | 'not_empty' | 'expired';
  /** The `client_id`, where somebody's change is the reason. */
  readonly by: string | null;
}

/** How a directory, or a part of it, is brought back to an earlier state: steps in their order. */
export interface RevertPlan {
  readonly steps: readonly RevertStep[];
  readonly kept: readonly KeptPath[];
}

export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
