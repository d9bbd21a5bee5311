import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@syncpair/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceAppOptions } from './create-service-app.ts';
import { refuseForeignPage } from './foreign-page.ts';

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
export function installRequestHooks(
  fastify: FastifyInstance,
  { allowedHosts, requestLevel = 'info' }: Pick<ServiceAppOptions, 'allowedHosts' | 'requestLevel'>,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    // Not the framework's own hook, which leaves out requests whose caller went away.
    reply.raw.once('close', () => logRequest(request, reply, requestLevel));
    done(refuseForeignPage(request.headers, allowedHosts) ?? refuseGarbledQuery(request.url) ?? undefined);
  });
}

/** Escapes that are no UTF-8 would be taken for the text they are written with, which is another name. */
function refuseGarbledQuery(url: string): DomainError | null {
  const query = url.split('?', 2)[1] ?? '';
  try {
    decodeURIComponent(query);
    return null;
  } catch {
    return new DomainError('invalid_request', 'the query holds an escape that is not UTF-8');
  }
}

function logRequest(request: FastifyRequest, reply: FastifyReply, levelWhenWell: 'info' | 'debug'): void {
  // Without the query: it holds names of clients and, by a caller's mistake, perhaps a secret.
  const path = request.url.split('?', 1)[0] as string;
  const { statusCode: status, writableFinished } = reply.raw;
  const level = path.endsWith('/health') && status < 500 ? 'debug' : status < 400 ? levelWhenWell : 'info';
  request.log[level](
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
