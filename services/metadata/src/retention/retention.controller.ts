import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ROUTES, type RetentionResponse, retentionQuerySchema, retentionRequestSchema } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { RetentionService } from './retention.service.ts';

@Controller()
export class RetentionController {
  readonly #retention: RetentionService;

  constructor(@Inject(RetentionService) retention: RetentionService) {
    this.#retention = retention;
  }

  @Get(ROUTES.retention)
  get(@Req() request: FastifyRequest, @Query() query: unknown): Promise<RetentionResponse> {
    return this.#retention.get(directoryOf(principalOf(request), parseWith(retentionQuerySchema, query)));
  }

  @Post(ROUTES.retention)
  @HttpCode(200)
  set(@Req() request: FastifyRequest, @Body() body: unknown): Promise<RetentionResponse> {
    const { days, max_bytes: maxBytes, ...named } = parseWith(retentionRequestSchema, body);
    return this.#retention.set(directoryOf(principalOf(request), named), { days, maxBytes });
  }
}
