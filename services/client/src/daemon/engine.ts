import type { ContentHash, HoldState, RelativePath, Seq, VersionId, VersionState } from '@syncpair/contracts';
import type { IgnoreRules, PortabilityRule } from '@syncpair/sync-core';
import type { Bandwidth } from '../bandwidth/bandwidth.ts';
import type { DirectoryConfig } from '../config/config.ts';
import type { Disk } from '../disk/disk.ts';
import type { Logger } from '../log/logger.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LocalChanges } from '../scan/local-changes.ts';
import type { SyncServer } from '../server/sync-server.ts';
import type { State } from '../state/state.ts';
import type { ContentCache } from '../transfer/content-cache.ts';
import type { StalledDownloads } from '../transfer/stalled-downloads.ts';
import type { Turns } from '../transfer/turns.ts';
import type { UploadProgress } from '../transfer/upload-progress.ts';
import type { Connection } from './connection.ts';
import type { Problems } from './problems.ts';

/** What the stages of one directory share. Every field is touched on one thread; what takes long runs in lanes beside each other. */
export interface Engine {
  readonly config: DirectoryConfig;
  readonly clientId: string;
  readonly state: State;
  readonly disk: Disk;
  readonly server: SyncServer;
  /** What contents pass that go through `server`; left out where nothing is limited. */
  readonly bandwidth: Bandwidth | undefined;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Logger;
  readonly problems: Problems;
  readonly changes: LocalChanges;
  /** Small contents that came with events, for the next apply. */
  readonly contents: ContentCache;
  /** Uploads of large contents that were cut and are tried again. */
  readonly uploads: UploadProgress;
  /** Downloads of large contents that get no further by chunks. */
  readonly stalled: StalledDownloads;
  /** Who uses the place of a large content in the staging area. */
  readonly staging: Turns;
  /** Paths whose change is on its way to the server: at most one version of a path at a time. */
  readonly pushing: Set<RelativePath>;
  /** Paths that are being made what the server says; what lies there meanwhile is not looked at. */
  readonly applying: Set<RelativePath>;
  /** The rules in force; replaced when the ignore file changes. */
  ignore: IgnoreRules;
  /** What becomes of names that some system cannot hold; replaced with `ignore`. */
  portability: PortabilityRule;
  /** What others had made of paths that are being pushed, when the log went past it: the losing side, should the push win. */
  readonly overtaken: Map<RelativePath, VersionState>;
  /** The server's latest sequence number, as far as it was heard of. */
  head: Seq;
  /** The log is to be read, whatever the events tell. */
  pullWanted: boolean;
  /** Every head is to be read again: something that is not ignored here may have come from under an ignored name. */
  headsWanted: boolean;
  /** Moves from here that the server is being told of, or that it accepted and the log was not yet read up to. */
  ownMoves: readonly OwnMove[];
  /** A power cut is not dealt with yet: what the log tells may be what the state forgot and this disk has. */
  afterCut: boolean;
  /** Open conflicts, as last heard of. */
  conflicts: number;
  /** What was last heard of the directory's holds; null when the server says nothing of them. */
  holdsHeard: HoldState | null;
  /** The server answered that it takes no news of holds; nobody waits for it to. */
  holdsRefused: boolean;
  /**
   * The first look at the folder: whether some file was found as it was when the client last ran, and whether edits wait until it is over
   * because none was found yet.
   */
  readonly firstLook: { foundUnchanged: boolean; isAwaited: boolean };
  /** Makes an id for a change or hold that no other has. */
  readonly newId: () => string;
  /** Something changed that some lane may act on. */
  readonly wake: () => void;
  /** Resolves at the next wake, or at `due` (monotonic milliseconds). */
  readonly nextWake: (due: number) => Promise<void>;
}

export interface OwnMove {
  readonly from: RelativePath;
  readonly to: RelativePath;
  /** Null until the server has answered. */
  version: VersionId | null;
}

/** Log lines show the start of a hash; enough to find it in the history. */
export const shortHash = (hash: ContentHash | null): string => (hash === null ? 'nothing' : hash.slice(0, 12));
