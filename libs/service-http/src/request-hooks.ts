import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@syncpair/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The caller's `x-request-id` when it is harmless in a log, else a new one. */
export function requestId(request: { readonly headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Headers of every answer, errors included. */
export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.header('x-content-type-options', 'nosniff');
}

/** Headers on every answer, one log line per request, no requests that a page of another site makes a browser send. */
export function installRequestHooks(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    // Not the framework's own hook, which leaves out requests whose caller went away.
    reply.raw.once('close', () => logRequest(request, reply));
    done(isCrossSite(request) ? new DomainError('forbidden', 'requests from pages of another origin are refused') : undefined);
  });
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  // Without the query: it holds names of clients and, by a caller's mistake, perhaps a secret.
  const path = request.url.split('?', 1)[0] as string;
  const { statusCode: status, writableFinished } = reply.raw;
  const quiet = path.endsWith('/health') && status < 500;
  request.log[quiet ? 'debug' : 'info'](
    {
      method: request.method,
      path,
      status,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(writableFinished ? {} : { aborted: true }),
    },
    'request',
  );
}

/** True when a browser says that the request comes from a page of another host. A proxy may have changed `host`, so its own header counts too. */
function isCrossSite(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const from = new URL(origin).host;
  return from !== host && from !== request.headers['x-forwarded-host'];
}
