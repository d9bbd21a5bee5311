import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import {
  type Conflict,
  type ConflictsResponse,
  ROUTES,
  type ResolveResponse,
  conflictsQuerySchema,
  devicesQuerySchema,
  resolveRequestSchema,
} from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { ConflictsService } from './conflicts.service.ts';

/** Who asks about which directory, and no more. */
export const conflictQuerySchema = devicesQuerySchema;

@Controller()
export class ConflictsController {
  readonly #conflicts: ConflictsService;

  constructor(@Inject(ConflictsService) conflicts: ConflictsService) {
    this.#conflicts = conflicts;
  }

  @Get(ROUTES.conflicts)
  list(@Req() request: FastifyRequest, @Query() query: unknown): Promise<ConflictsResponse> {
    const parsed = parseWith(conflictsQuerySchema, query);
    return this.#conflicts.list(directoryOf(principalOf(request), parsed), parsed.resolved === 'true');
  }

  @Get(`${ROUTES.conflicts}/:id`)
  get(@Req() request: FastifyRequest, @Param('id') id: string, @Query() query: unknown): Promise<Conflict> {
    return this.#conflicts.get(directoryOf(principalOf(request), parseWith(conflictQuerySchema, query)), id);
  }

  @Post(ROUTES.resolve)
  @HttpCode(200)
  resolve(@Req() request: FastifyRequest, @Body() body: unknown): Promise<ResolveResponse> {
    const parsed = parseWith(resolveRequestSchema, body);
    return this.#conflicts.resolve(directoryOf(principalOf(request), parsed), parsed.id, parsed.choice);
  }
}
