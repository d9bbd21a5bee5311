/** What was measured with a tree of tiny files. A step that failed has no figures. */
export interface TreeFigures {
  readonly files: number;
  readonly first?: FirstSync;
  readonly rest?: Rest;
  readonly saves?: Saves;
  readonly restart?: Restart;
  readonly scan?: WholeScan;
}

/** The first sync of the tree. Seconds count from the start of the client that has it. */
export interface FirstSync {
  readonly upSeconds: number;
  /** When the second client had its first file, and when it had all; null without a second client. */
  readonly firstAtOther: number | null;
  readonly allAtOther: number | null;
}

/** The client that has the tree, after the first sync, when nothing happens. */
export interface Rest {
  readonly rssBytes: number;
  readonly pssBytes: number;
  /** The most that was resident since it began. */
  readonly peakBytes: number;
  /** Its state on disk: the database with its log. */
  readonly indexBytes: number;
  /** How long it was left alone then, what it used meanwhile, and what was resident after that. */
  readonly seconds: number;
  readonly clientCpuSeconds: number;
  readonly serverCpuSeconds: number;
  readonly rssAfterBytes: number;
}

/** Saves of one file of 1 kB each. Processor times are those of one save, without what the same time at rest costs. */
export interface Saves {
  readonly count: number;
  readonly clientCpuMs: number;
  /** The whole server, its database with it. */
  readonly serverCpuMs: number;
  /** From each save to the commit that is told. */
  readonly heardMs: readonly number[];
}

/** The client is stopped and started again, and nothing has changed. */
export interface Restart {
  /** From its start until it says that it is in sync. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly bytesRead: number;
  readonly readCalls: number;
  readonly rssBytes: number;
}

/** A scan of the whole tree, as at each interval where folders cannot be watched, beside an `rsync -a` of the same tree to a copy of it. */
export interface WholeScan {
  readonly scans: number;
  readonly cpuSeconds: number;
  readonly rsyncCpuSeconds: number;
  readonly rsyncSeconds: number;
}
