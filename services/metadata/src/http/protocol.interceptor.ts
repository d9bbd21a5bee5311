import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { OLDEST_PROTOCOL, PROTOCOL_HEADER, PROTOCOL_VERSION } from '@syncpair/contracts';
import type { FastifyReply } from 'fastify';
import type { Observable } from 'rxjs';

const SPOKEN = `${OLDEST_PROTOCOL}-${PROTOCOL_VERSION}`;

/** Tells with every answer which protocols the server speaks, so that a newer client can choose. */
export class ProtocolInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    context.switchToHttp().getResponse<FastifyReply>().header(PROTOCOL_HEADER, SPOKEN);
    return next.handle();
  }
}
