import type { LogLevel } from '@syncpair/service-http';
import type { HoldLimits, RateLimits } from '@syncpair/sync-core';

/** What `syncpair server` was asked for. */
export interface StandaloneOptions {
  /** TCP port; 0 takes any that is free. */
  readonly port: number;
  /** An address or name to listen on. */
  readonly host: string;
  /** Everything the server keeps lies in it; made when missing. */
  readonly storageDir: string;
  /** `postgresql://…`; null runs the embedded PostgreSQL in the storage directory. A secret: never logged. */
  readonly databaseUrl: string | null;
  /** Names it may be asked by besides its addresses and localhost; null: none when only this machine can reach it, else any. */
  readonly allowedHosts?: readonly string[] | null;
  readonly auth: 'open' | 'token';
  /** When deletions are held in directories without limits of their own; the service's default when left out. */
  readonly hold?: HoldLimits | undefined;
  /** Requests that one client gets served; null: no limit; the service's default when left out. */
  readonly rate?: RateLimits | null | undefined;
  readonly logLevel: LogLevel;
  /** A file to append the log to; null logs to stderr. */
  readonly logFile: string | null;
  /** Takes each line of the log, a JSON object, instead of a file or stderr. */
  readonly logTo?: { write(line: string): void };
  /** Errors only, and no line when ready. */
  readonly quiet: boolean;
  /** Stops the server when it fires, also while it starts. */
  readonly signal?: AbortSignal;
}
