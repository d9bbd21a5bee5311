import { ROUTES, SILENCE_MS, type SyncEvent } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import type { Logger } from '../log/logger.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { retryDelayMs } from '../transfer/retry-delay.ts';
import { EventReader } from './event-reader.ts';
import { openRequest } from './open-request.ts';
import { refuseUnlessSuccess } from './read-json.ts';
import { ServerError, unreachable } from './server-error.ts';
import type { EventStream } from './sync-server.ts';

export interface EventStreamOptions {
  readonly http: AxiosInstance;
  /** The `client_id`. */
  readonly clientId: string;
  /** The device id: 32 hexadecimal digits. */
  readonly device: string;
  readonly directories: readonly { readonly directory: string; readonly shared: boolean }[];
  readonly log: Logger;
  readonly clock?: Clock;
  /** From 0 up to 1; spreads the reconnections of many clients. */
  readonly random?: () => number;
  /** Milliseconds without a byte that count as a loss; SILENCE_MS unless told. */
  readonly silenceMs?: number;
}

type Handlers = Parameters<EventStream['start']>[0];

/** Milliseconds after which a connection counts as one that works: the next loss begins with the shortest delay again. */
const STEADY_MS = 30_000;

/** `GET /events`, for ever: every loss, whatever its cause, is followed by another try. */
export function createEventStream(options: EventStreamOptions): EventStream {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    start: (handlers) => {
      running = followForEver(options, handlers, stop.signal);
    },
    close: () => {
      stop.abort();
      return running;
    },
  };
}

async function followForEver(options: EventStreamOptions, handlers: Handlers, stop: AbortSignal): Promise<void> {
  const { clock = systemClock, random = Math.random } = options;
  for (let attempt = 0; !stop.aborted; attempt += 1) {
    let upSince: number | null = null;
    const loss = await followOnce(options, stop, handlers.onEvent, () => {
      upSince = clock.monotonic();
      handlers.onConnection(true, null);
    });
    if (stop.aborted) return;
    if (upSince !== null && clock.monotonic() - upSince >= STEADY_MS) attempt = 0;
    handlers.onConnection(false, loss.message);
    await pause(clock, Math.max(retryDelayMs(attempt, random()), loss.retryAfterMs ?? 0), stop);
  }
}

/** Follows one connection until it is lost, and says why it was. */
async function followOnce(
  options: EventStreamOptions,
  stop: AbortSignal,
  onEvent: (event: SyncEvent) => void,
  onUp: () => void,
): Promise<ServerError> {
  let up = false;
  try {
    const answer = await openRequest(options.http, {
      method: 'GET',
      path: ROUTES.events,
      query: queryOf(options),
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' },
      signal: stop,
      noProgressMs: options.silenceMs ?? SILENCE_MS,
    });
    await refuseUnlessSuccess(answer, 'text/event-stream');
    up = true;
    onUp();
    const reader = new EventReader();
    for await (const chunk of answer.body) for (const event of reader.feed(chunk)) onEvent(event);
    return new ServerError('unreachable', 'the server ended the event stream');
  } catch (error) {
    const loss = unreachable(error);
    if (up && loss.code === 'foreign') options.log.warn(`the server's event stream is not understood and is opened anew: ${loss.message}`);
    return loss;
  }
}

function queryOf({ clientId, device, directories }: EventStreamOptions): URLSearchParams {
  const query = new URLSearchParams({ client_id: clientId, device });
  for (const { directory, shared } of directories) {
    query.append('directory', directory);
    query.append('shared', String(shared));
  }
  return query;
}

function pause(clock: Clock, ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      cancel();
      stop.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.after(ms, over);
    stop.addEventListener('abort', over);
  });
}
