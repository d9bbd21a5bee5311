import type { HoldLimits } from '@syncpair/sync-core';

/** Something wrong or doubtful in a configuration file, with the place to look at. Lines and columns count from 1. */
export interface ConfigError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A client's configuration, every default filled in. */
export interface ClientConfig {
  readonly file: string;
  readonly clientId: string;
  /** Without a slash at the end. */
  readonly server: string;
  readonly tokenFile: string | null;
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
}
