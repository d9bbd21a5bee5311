import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

/** Leaves the line per request to our own hook; of the framework's lines only the failure of a stream half way is wanted. */
export class RequestLog extends LogController {
  constructor() {
    super({ disableRequestLogging: true, requestIdLogLabel: 'request_id' });
  }

  override streamError(error: Error & { code?: string }, request: FastifyRequest, _reply: FastifyReply): void {
    if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') request.log.debug('the caller left before the answer ended');
    else request.log.warn({ err: error }, 'the answer was cut half way');
  }
}
