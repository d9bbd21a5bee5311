import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { type DevicesResponse, ROUTES, devicesQuerySchema } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { DevicesService } from './devices.service.ts';

@Controller()
export class DevicesController {
  readonly #devices: DevicesService;

  constructor(@Inject(DevicesService) devices: DevicesService) {
    this.#devices = devices;
  }

  @Get(ROUTES.devices)
  list(@Req() request: FastifyRequest, @Query() query: unknown): Promise<DevicesResponse> {
    return this.#devices.list(directoryOf(principalOf(request), parseWith(devicesQuerySchema, query)));
  }
}
