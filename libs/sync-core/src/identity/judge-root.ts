/** What was written down, outside of the folder, about the root that was last in sync at a local path. */
export interface RecordedRoot {
  readonly device: string;
  readonly inode: string;
  /** The server that it was in sync with; null where that is not known. */
  readonly server: string | null;
}

/** What lies at the local path. */
export interface FoundFolder {
  readonly device: string;
  readonly inode: string;
  /** It holds a state file: the folder proves by itself which root it is. */
  readonly hasState: boolean;
}

/**
 * - `first`: nothing is known of a root here: the folder may be made, filled and merged.
 * - `proven`: it is a root that was in sync.
 * - `state_lost`: it is the root, and its state is gone.
 * - `missing`: there is no folder where a root was.
 * - `replaced`: another folder lies where a root was: a mount point without its disk, or one that was made anew.
 */
export type RootVerdict = 'first' | 'proven' | 'state_lost' | 'missing' | 'replaced';

/**
 * Whether the folder at a local path is the root that was in sync there. `server` is the one that answers now, null when nobody was asked
 * or nobody answered: a root that was in sync with another server is none here.
 */
export function judgeRoot(record: RecordedRoot | null, found: FoundFolder | null, server: string | null): RootVerdict {
  if (found?.hasState === true) return 'proven';
  if (record === null) return 'first';
  if (found !== null && found.device === record.device && found.inode === record.inode) return 'state_lost';
  if (server !== null && record.server !== null && server !== record.server) return 'first';
  return found === null ? 'missing' : 'replaced';
}
