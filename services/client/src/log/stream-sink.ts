import type { WriteStream } from 'node:tty';
import { formatEvent } from './format-event.ts';
import type { LogSink } from './logger.ts';

/** True when the stream is a terminal that shows colours and nobody asked for none (`NO_COLOR`, `TERM=dumb`). */
export function hasColours(stream: NodeJS.WritableStream): boolean {
  const terminal = stream as Partial<WriteStream>;
  return terminal.isTTY === true && (process.env['NO_COLOR'] ?? '') === '' && terminal.hasColors?.() === true;
}

/** Events as lines on a stream, in colours where it is a terminal. */
export function streamSink(stream: NodeJS.WritableStream): LogSink {
  const colours = hasColours(stream);
  return { write: (event) => void stream.write(`${formatEvent(event, colours)}\n`) };
}
