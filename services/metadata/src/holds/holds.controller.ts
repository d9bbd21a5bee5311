import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import {
  type Hold,
  type HoldsResponse,
  ROUTES,
  decideHoldSchema,
  holdSettingsSchema,
  holdsQuerySchema,
  registerHoldSchema,
} from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { HoldsService } from './holds.service.ts';

@Controller()
export class HoldsController {
  readonly #holds: HoldsService;

  constructor(@Inject(HoldsService) holds: HoldsService) {
    this.#holds = holds;
  }

  @Get(ROUTES.holds)
  list(@Req() request: FastifyRequest, @Query() query: unknown): Promise<HoldsResponse> {
    const parsed = parseWith(holdsQuerySchema, query);
    return this.#holds.list(directoryOf(principalOf(request), parsed), parsed.decided === 'true');
  }

  @Post(ROUTES.holds)
  @HttpCode(200)
  register(@Req() request: FastifyRequest, @Body() body: unknown): Promise<Hold> {
    const parsed = parseWith(registerHoldSchema, body);
    return this.#holds.register(directoryOf(principalOf(request), parsed), parsed);
  }

  @Post(ROUTES.decideHold)
  @HttpCode(200)
  decide(@Req() request: FastifyRequest, @Body() body: unknown): Promise<Hold> {
    const parsed = parseWith(decideHoldSchema, body);
    return this.#holds.decide(directoryOf(principalOf(request), parsed), parsed.id, parsed.decision);
  }

  @Post(ROUTES.holdLimits)
  @HttpCode(200)
  setLimits(@Req() request: FastifyRequest, @Body() body: unknown): Promise<HoldsResponse> {
    const parsed = parseWith(holdSettingsSchema, body);
    return this.#holds.setLimits(directoryOf(principalOf(request), parsed), parsed.limits);
  }
}
