import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ROUTES, wire } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { flag, listOf } from '../http/query-fields.ts';
import { EventHub } from './event-hub.ts';
import { EventStream } from './event-stream.ts';

const MAX_DIRECTORIES = 1_000;

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

  constructor(@Inject(EventHub) hub: EventHub) {
    this.#hub = hub;
  }

  @Get(ROUTES.events)
  async events(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: unknown): Promise<void> {
    const { client_id, directory, shared } = parseWith(eventsQuerySchema, query);
    const refs = directory.map((name, index) =>
      directoryOf(principalOf(request), { client_id, directory: name, shared: shared[index] ?? shared[0] ?? false }),
    );
    const headers = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    reply.raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    reply.raw.flushHeaders();
    const stream = new EventStream(reply.raw);
    let gone = false;
    let leave = (): void => undefined;
    reply.raw.once('close', () => {
      gone = true;
      leave();
    });
    try {
      leave = await this.#hub.join(stream, refs);
      if (gone) leave();
    } catch (error) {
      request.log.warn({ request_id: request.id, reason: (error as Error).message }, 'event stream refused');
      reply.raw.destroy();
    }
  }
}
