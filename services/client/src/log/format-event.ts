import { escapeText } from './escape.ts';
import type { LogLevel } from './log-level.ts';

export interface LogEvent {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly level: LogLevel;
  /** `syncpair`, `syncpair::client`, `syncpair::server`. */
  readonly component: string;
  readonly message: string;
}

const DIM = '\u001b[2m';
const RESET = '\u001b[0m';
const COLOURS: Readonly<Record<LogLevel, string>> = {
  error: '\u001b[31m',
  warn: '\u001b[33m',
  info: '\u001b[32m',
  debug: '\u001b[34m',
  trace: '\u001b[35m',
};

/** One event as one line, without its line end: `2025-10-25T08:17:44.470350Z  INFO syncpair::client: message`. */
export function formatEvent({ time, level, component, message }: LogEvent, colours: boolean): string {
  const at = `${new Date(Math.floor(time / 1000)).toISOString().slice(0, -1)}${String(time % 1000).padStart(3, '0')}Z`;
  const name = level.toUpperCase().padStart(5);
  if (!colours) return `${at} ${name} ${component}: ${escapeText(message)}`;
  return `${DIM}${at}${RESET} ${COLOURS[level]}${name}${RESET} ${DIM}${component}:${RESET} ${escapeText(message)}`;
}
