import type { LogSink, Logger } from '../log/logger.ts';
import type { LogLevel } from '../log/log-level.ts';
import type { Terminal } from './terminal.ts';

/** Options of every command, before or after its name. */
export interface GlobalOptions {
  readonly logLevel?: LogLevel;
  readonly logFile?: string;
  readonly quiet?: boolean;
}

/** What a command has to work with. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly log: Logger;
  /** Where the log goes, for a part that writes its own events. */
  readonly sink: LogSink;
  readonly globals: GlobalOptions;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Options that most commands share. */
export interface CommonOptions extends GlobalOptions {
  readonly file?: string;
  readonly directory?: string;
  readonly json?: boolean;
}
