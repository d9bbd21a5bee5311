import { type Stats, closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { type LogEvent, formatEvent } from './format-event.ts';
import type { LogSink } from './logger.ts';
import { microseconds } from './microseconds.ts';

// O_NONBLOCK: a FIFO without a reader is refused instead of stopping the whole process.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/**
 * Events as lines at the end of a file, each written before the call returns, so that a crash loses none. The file is looked up by its
 * name for every event: one that was rotated away or deleted is made anew.
 *
 * While it cannot be written (full disk, no permission, no such folder) events go to `fallback`, the first of them after a warning; the
 * file is tried again with every event. `open` makes the file at once.
 */
export function fileSink(path: string, fallback: LogSink): LogSink & { open(): void; close(): void } {
  let open: { readonly fd: number; readonly stats: Stats } | null = null;
  let torn = false;
  let failing = false;

  const close = (): void => {
    if (open !== null) closeSync(open.fd);
    open = null;
  };

  const descriptor = (): number => {
    if (open !== null) {
      const now = statSync(path, { throwIfNoEntry: false });
      if (now?.ino === open.stats.ino && now.dev === open.stats.dev) return open.fd;
      close();
      torn = false;
    }
    const fd = openSync(path, FLAGS, 0o600);
    open = { fd, stats: fstatSync(fd) };
    return fd;
  };

  const append = (event: LogEvent): void => {
    const fd = descriptor();
    const line = Buffer.from(`${torn ? '\n' : ''}${formatEvent(event, false)}\n`);
    for (let done = 0; done < line.length;) {
      done += writeSync(fd, line, done);
      torn = done < line.length;
    }
  };

  return {
    write(event) {
      try {
        append(event);
        failing = false;
      } catch (error) {
        if (!failing) {
          const reason = error instanceof Error ? error.message : String(error);
          const message = `the log file ${path} cannot be written (${reason}); logging to stderr until it can`;
          fallback.write({ time: microseconds(), level: 'warn', component: 'syncpair', message });
        }
        failing = true;
        fallback.write(event);
      }
    },
    open: () => void descriptor(),
    close,
  };
}
