import { type LogEvent } from './format-event.ts';
import { type LogLevel, shows } from './log-level.ts';
import { microseconds } from './microseconds.ts';

/**
 * Tells what happens. Messages are plain sentences with the path they speak of; never a secret. Whatever characters they contain, one
 * event is one line. No method throws, and none waits for a disk that is full.
 */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
  trace(message: string): void;

  /** True when events of this level are shown: spares the making of a costly message. */
  shows(level: LogLevel): boolean;

  /** The same log under the name of a part: `syncpair` becomes `syncpair::client`. */
  child(component: string): Logger;
}

/** Where events go. Must not throw. */
export interface LogSink {
  write(event: LogEvent): void;
}

export function createLogger(sink: LogSink, level: LogLevel, component = 'syncpair'): Logger {
  const at =
    (of: LogLevel) =>
    (message: string): void => {
      if (shows(level, of)) sink.write({ time: microseconds(), level: of, component, message });
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
    shows: (of) => shows(level, of),
    child: (name) => createLogger(sink, level, `${component}::${name}`),
  };
}

const nothing = (): void => undefined;

/** A log that keeps nothing. */
export const silentLogger: Logger = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  shows: () => false,
  child: () => silentLogger,
};
