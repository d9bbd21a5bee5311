import { Controller, Get, Inject, Res } from '@nestjs/common';
import { DomainError, PRODUCT_VERSION, PROTOCOL_VERSION, type PublicKeysJson, ROUTES } from '@syncpair/contracts';
import type { FastifyReply } from 'fastify';
import { GrantSigner } from '../auth/grant-signer.ts';
import { openApi } from '../http/openapi.ts';
import { HealthService } from './health.service.ts';

/** What anybody may ask: health, documentation, public keys. */
@Controller()
export class HealthController {
  readonly #health: HealthService;
  readonly #signer: GrantSigner;

  constructor(@Inject(HealthService) health: HealthService, @Inject(GrantSigner) signer: GrantSigner) {
    this.#health = health;
    this.#signer = signer;
  }

  @Get(ROUTES.health)
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const health = await this.#health.check();
    const about = { ...health, server: this.#health.serverId, version: PRODUCT_VERSION, protocol: PROTOCOL_VERSION };
    if (health.status === 'ok') return about;
    reply.code(503);
    const part = health.database === 'ok' ? 'the content store' : 'the database';
    return { ...about, ...new DomainError('unavailable', `${part} does not answer`).toBody() };
  }

  @Get(ROUTES.grantKeys)
  keys(): PublicKeysJson {
    return { keys: [...this.#signer.publicKeys()] };
  }

  @Get(ROUTES.openapi)
  openApi(): object {
    return openApi();
  }
}
