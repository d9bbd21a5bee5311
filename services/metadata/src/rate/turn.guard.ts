import { setTimeout as delay } from 'node:timers/promises';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTES } from '@syncpair/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientTurns } from './client-turns.ts';
import { Places } from './places.ts';

/**
 * Lets each request wait for its client's turn and then for a place, before anything is done for it. Requests that name no client have none
 * to share with.
 */
export class TurnGuard implements CanActivate {
  readonly #turns: ClientTurns;
  readonly #places = new Places();

  constructor(turns: ClientTurns) {
    this.#turns = turns;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const client = clientIn(request.body) ?? clientIn(request.query);
    if (client === null) return true;
    const afterMs = this.#turns.next(client);
    if (afterMs > 0) await delay(afterMs);
    if (isStream(request)) return true;
    const { had, leave } = this.#places.take(client);
    // It closes when it is answered, and when its caller goes away.
    const { raw } = http.getResponse<FastifyReply>();
    if (raw.closed) leave();
    else raw.once('close', leave);
    await had;
    return true;
  }
}

const STREAMS = new Set<string>([ROUTES.events, ROUTES.snapshot, ROUTES.tree]);

/** What takes as long as its other end likes holds no place. */
function isStream({ routeOptions: { url = '' }, headers }: FastifyRequest): boolean {
  return (
    STREAMS.has(url) || url.startsWith(`${ROUTES.download}/`) || headers['content-type']?.startsWith('application/octet-stream') === true
  );
}

/** Longer than any client id is; what is longer is refused later, and not kept. */
const LONGEST = 256;

function clientIn(fields: unknown): string | null {
  if (typeof fields !== 'object' || fields === null || !('client_id' in fields)) return null;
  const { client_id: client } = fields;
  return typeof client === 'string' && client.length <= LONGEST ? client : null;
}
