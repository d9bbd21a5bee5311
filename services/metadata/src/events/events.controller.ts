import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ROUTES, wire } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { ConnectedDevices } from '../devices/connected-devices.ts';
import { flag, listOf } from '../http/query-fields.ts';
import { EventHub } from './event-hub.ts';
import { EventStream } from './event-stream.ts';

const MAX_DIRECTORIES = 1_000;
/** Nothing between here and the reader may hold events back to compress or gather them. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

export const eventsQuerySchema = z
  .object({
    client_id: wire.label,
    device: wire.deviceId.optional(),
    /** Once for each directory. */
    directory: listOf(wire.label, MAX_DIRECTORIES),
    /** Once for all directories, or once for each in the same order. */
    shared: listOf(flag, MAX_DIRECTORIES),
  })
  .refine(({ directory, shared }) => shared.length <= 1 || shared.length === directory.length, {
    path: ['shared'],
    message: 'stands neither once for all directories nor once for each',
  });

@Controller()
export class EventsController {
  readonly #hub: EventHub;
  readonly #connected: ConnectedDevices;

  constructor(@Inject(EventHub) hub: EventHub, @Inject(ConnectedDevices) connected: ConnectedDevices) {
    this.#hub = hub;
    this.#connected = connected;
  }

  @Get(ROUTES.events)
  async events(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: unknown): Promise<void> {
    const { client_id, device, directory, shared } = parseWith(eventsQuerySchema, query);
    const refs = directory.map((name, index) =>
      directoryOf(principalOf(request), { client_id, directory: name, shared: shared[index] ?? shared[0] ?? false }),
    );
    // A HEAD has no body that could go on; the framework sends it here because it mirrors the GET.
    if (request.method === 'HEAD') return void (await reply.headers(STREAM_HEADERS).send());
    const headers = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    reply.raw.writeHead(200, { ...headers, ...STREAM_HEADERS });
    reply.raw.flushHeaders();
    const left = new Promise((resolve) => reply.raw.once('close', resolve));
    try {
      const joined = await this.#hub.join(new EventStream(reply.raw), refs);
      const disconnect = device === undefined ? undefined : this.#connected.add(device, joined.directories);
      void left.then(() => {
        joined.leave();
        disconnect?.();
      });
    } catch (error) {
      request.log.warn({ request_id: request.id, reason: (error as Error).message }, 'event stream refused');
      reply.raw.destroy();
    }
  }
}
