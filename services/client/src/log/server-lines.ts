import type { LogEvent } from './format-event.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';
import type { LogSink } from './logger.ts';
import { microseconds } from './microseconds.ts';

/** Fields of a JSON line that have a place of their own in a log line, or say nothing in a process that is one server. */
const KNOWN = new Set(['level', 'time', 'msg', 'service', 'pid', 'hostname', 'v', 'context', 'err']);

/**
 * Takes the JSON lines of the services and hands them on as events of `syncpair::server`: the message, the error's, and every other field as
 * `name=value`. What is no JSON is handed on as it is.
 */
export function serverLines(sink: LogSink): { write(line: string): void } {
  return { write: (line) => sink.write(toEvent(line)) };
}

function toEvent(line: string): LogEvent {
  const fields = parse(line);
  const level = LOG_LEVELS.find((name) => name === fields['level']) ?? severity(fields['level']);
  const { message: error, stack } = (fields['err'] ?? {}) as { message?: unknown; stack?: unknown };
  const rest = Object.entries(fields).filter(([name]) => !KNOWN.has(name));
  // Beyond what is expected, whoever mends it has to know where it was.
  if (level === 'error' && stack !== undefined) rest.push(['stack', stack]);
  const parts = [String(fields['msg'] ?? ''), ...(typeof error === 'string' && error !== fields['msg'] ? [`(${error})`] : [])];
  const message = [...parts, ...rest.map(([name, value]) => `${name}=${tell(value)}`)].join(' ').trim();
  // A line comes as it is written: its own time has only milliseconds.
  return { time: microseconds(), level, component: 'syncpair::server', message };
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Something else wrote to the log; it is told below.
  }
  return { level: 'info', msg: line.trimEnd() };
}

/** Everything beyond an error is one. */
const severity = (level: unknown): LogLevel => (level === 'fatal' ? 'error' : 'info');

const tell = (value: unknown): string => (typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value));
