import { Controller, Get, Inject } from '@nestjs/common';
import { ROUTES } from '@syncpair/contracts';
import { StorageHealth } from '../health/storage-health.ts';

@Controller()
export class BlobHealthController {
  readonly #health: StorageHealth;

  constructor(@Inject(StorageHealth) health: StorageHealth) {
    this.#health = health;
  }

  @Get(ROUTES.blobHealth)
  blobHealth(): Promise<object> {
    return this.#health.check();
  }
}

/** The address that probes ask, when the service runs alone. */
@Controller()
export class AloneHealthController {
  readonly #health: StorageHealth;

  constructor(@Inject(StorageHealth) health: StorageHealth) {
    this.#health = health;
  }

  @Get(ROUTES.health)
  health(): Promise<object> {
    return this.#health.check();
  }
}
