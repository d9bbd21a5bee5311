import { type SyncEvent, eventSchema } from '@syncpair/contracts';
import { type EventSourceMessage, createParser } from 'eventsource-parser';
import { ServerError } from './server-error.ts';

/** Characters of one event; commits are cut far below. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;
const KNOWN_TYPES: ReadonlySet<string> = new Set(eventSchema.options.map((option) => option.shape.type.value));

/** Reads events from the bytes of one stream, in whatever pieces they arrive. */
export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #messages: EventSourceMessage[] = [];
  #tooLong = false;
  readonly #parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: (message) => this.#messages.push(message),
    // Unknown fields are a newer server's and are ignored.
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') this.#tooLong = true;
    },
  });

  /** The events that `chunk` completes. Those of a type that this build does not know are left out. @throws {ServerError} for a bad one. */
  feed(chunk: Uint8Array): SyncEvent[] {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
    const events = this.#messages.splice(0).flatMap(({ data }) => readEvent(data) ?? []);
    if (this.#tooLong) throw new ServerError('foreign', `an event of more than ${MAX_EVENT_LENGTH} characters`);
    return events;
  }
}

function readEvent(data: string): SyncEvent | null {
  const value = parse(data);
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : null;
  if (typeof type !== 'string') throw new ServerError('foreign', 'an event without a type');
  if (!KNOWN_TYPES.has(type)) return null;
  const event = eventSchema.safeParse(value);
  if (event.success) return event.data;
  const [issue] = event.error.issues;
  throw new ServerError('foreign', `an event "${type}" that is not understood: ${issue?.path.join('.')}: ${issue?.message}`);
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new ServerError('foreign', 'an event that is not JSON');
  }
}
