import { DomainError } from '@syncpair/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { statusOfCode, toDomainError } from './to-domain-error.ts';

/** Milliseconds for which the rest of a refused body is read and dropped, so that its sender sees the answer before the line is cut. */
const DRAIN_MS = 5_000;

const BODY_HEADERS = ['content-length', 'content-type', 'content-encoding', 'content-range', 'etag', 'cache-control', 'accept-ranges'];

/**
 * Ends a request with an error: status and body by its code; for a fault of ours only a request id, with the cause in the log. When the
 * answer has begun already, the connection is cut, so that nobody takes half an answer for a whole one.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toDomainError(error);
  if (known === null) request.log.error({ err: error }, 'request failed');
  if (reply.sent || reply.raw.headersSent) {
    request.log.warn({ code: known?.code ?? 'internal' }, 'answer cut');
    reply.raw.destroy();
    return;
  }
  for (const header of BODY_HEADERS) reply.removeHeader(header);
  if (known?.retryAfterMs !== undefined) reply.header('retry-after', Math.max(Math.ceil(known.retryAfterMs / 1_000), 1));
  const told = known ?? new DomainError('internal', `a fault of the server; its log has the cause under request id ${request.id}`);
  reply.code(statusOfCode(told.code)).type('application/json; charset=utf-8').send(told.toBody());
  if (!request.raw.complete) cutLater(request);
}

function cutLater(request: FastifyRequest): void {
  const timer = setTimeout(() => request.raw.destroy(), DRAIN_MS);
  timer.unref();
  request.raw.once('close', () => clearTimeout(timer));
  request.raw.resume();
}
