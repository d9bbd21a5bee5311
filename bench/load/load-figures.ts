import type { Committed } from './calls.ts';

/** What one server carried. Milliseconds, and millions of bytes, of the whole server with its database. */
export interface LoadFigures {
  readonly atRestMb: number;
  readonly commits: readonly CommitFigures[];
  readonly holding?: { readonly clients: number; readonly connectMs: number; readonly serverMb: number };
  /** One commit told to all of them. */
  readonly told?: { readonly subscribers: number; readonly commits: number; readonly p50Ms: number; readonly p95Ms: number };
  /** All of them back at once after a restart: until the server was up again, and from then until each had heard the head. */
  readonly back?: { readonly startMs: number; readonly allBackMs: number };
}

/** Durable small commits, one after another on each connection. */
export interface CommitFigures {
  readonly what: Committed;
  /** Directories over which they were spread. */
  readonly directories: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Seconds of processor time in each second. The generator's is no part of the server's. */
  readonly serverCpu: number;
  readonly generatorCpu: number;
}
