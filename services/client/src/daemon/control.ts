import type { Hold, Status } from '@syncpair/contracts';

/**
 * What the commands ask of a client: of the running daemon over its socket, or of an engine that a command starts by itself for one
 * question. Directories are named as in the configuration; an unknown name rejects with a `ControlError`.
 */
export interface DaemonControl {
  status(): Promise<Status>;

  /**
   * Resolves when everything that lay on the disk at the time of the call is acknowledged by the server: per directory the key on the
   * server and the sequence number that includes it.
   */
  flush(directories: readonly string[] | 'all'): Promise<readonly FlushedDirectory[]>;

  /** What a sync would do now; nothing is changed. */
  plan(): Promise<readonly PlannedAction[]>;

  /** The state of one path and its cause. `path` is absolute. */
  why(path: string): Promise<Explanation>;

  holds(): Promise<readonly Hold[]>;

  /** Lets the held deletions happen. */
  approveHold(id: string): Promise<void>;

  /** Brings the files back instead. */
  rejectHold(id: string): Promise<void>;

  /**
   * Takes the folder and the server that are there now for those that are meant, in directories that wait for that word.
   */
  join(directories: readonly string[] | 'all'): Promise<readonly Accepted[]>;

  /** Asks the server and scans now instead of at the next interval. */
  syncNow(): Promise<void>;
}

/** A request that the client cannot carry out, told in words for the user. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

export interface FlushedDirectory {
  readonly directory: string;
  readonly namespace: string;
  /** Decimal. */
  readonly seq: string;
}

export interface Accepted {
  readonly directory: string;
  /** What the directory waited for; nothing where it went on anyway. */
  readonly accepted: readonly ('folder' | 'server')[];
}

export interface PlannedAction {
  readonly directory: string;
  readonly action:
    'upload' | 'download' | 'delete_here' | 'delete_on_server' | 'move_here' | 'move_on_server' | 'metadata' | 'conflict' | 'held';
  readonly path: string;
  /** Only of moves. */
  readonly from: string | null;
  /** Bytes of content that would travel; 0 where none does. */
  readonly bytes: number;
}

export interface Explanation {
  readonly path: string;
  /** The directory that the path belongs to, or null. */
  readonly directory: string | null;
  readonly state:
    | 'in_sync'
    | 'ignored'
    | 'frozen'
    | 'waiting_upload'
    | 'waiting_download'
    | 'held'
    | 'problem'
    | 'conflict'
    | 'absent'
    | 'outside'
    | 'disabled'
    | 'reserved';
  /** One sentence: why the path is in this state. */
  readonly cause: string;
  /** One command or act that changes it, or null when there is nothing to do. */
  readonly suggestion: string | null;
  readonly version: string | null;
}
