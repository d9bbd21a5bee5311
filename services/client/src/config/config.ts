import type { BandwidthSettings, HoldLimits, NameRules, PortabilityRule } from '@syncpair/sync-core';
import type { WatchMode } from '../watch/watch-options.ts';

/** A place in a text. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong or doubtful in a configuration file. */
export interface ConfigError {
  readonly file: string;
  /** Null for the file as a whole. */
  readonly place: Place | null;
  /** What is wrong, a semicolon, and what to write instead. Names no secret. */
  readonly message: string;
}

/** A client's configuration, every default filled in. */
export interface ClientConfig {
  readonly file: string;
  readonly clientId: string;
  /** Scheme, host and port, without a slash at the end. */
  readonly server: string;
  /** Absolute. */
  readonly tokenFile: string | null;
  /** Null: nothing is limited at any time. */
  readonly bandwidth: BandwidthSettings | null;
  readonly directories: readonly DirectoryConfig[];
  /** What is allowed and probably not meant. */
  readonly warnings: readonly ConfigError[];
}

export interface DirectoryConfig {
  readonly name: string;
  /** Absolute. */
  readonly localPath: string;
  readonly description: string | null;
  readonly shared: boolean;
  readonly syncIntervalSeconds: number;
  readonly enabled: boolean;
  readonly ignorePatterns: readonly string[];
  readonly hold: HoldLimits;
  readonly conflictCopies: boolean;
  readonly watch: WatchMode;
  /** Null: what `.syncpairignore` says, else `off`. */
  readonly portability: PortabilityRule | null;
  /** Whose rules say which names the folder can hold. */
  readonly fileSystem: NameRules;
}
