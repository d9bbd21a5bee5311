import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { BlobService, type BlobServiceOptions } from './blobs/blob-service.ts';
import type { GrantKeys } from './grants/grant-keys.ts';
import { GrantVerifier } from './grants/grant-verifier.ts';
import { StorageHealth } from './health/storage-health.ts';
import { BlobsController } from './http/blobs.controller.ts';
import { AloneHealthController, BlobHealthController } from './http/health.controller.ts';

export interface BlobModuleOptions extends BlobServiceOptions {
  readonly grantKeys: GrantKeys;
  /** Also answer `GET /health`: the service runs without metadata in its process. */
  readonly alone?: boolean;
}

/** The blob service's routes and use cases. Whoever opened the store closes it, after the application. */
@Module({})
export class BlobModule {
  static register(options: BlobModuleOptions): DynamicModule {
    const logger = new Logger(BlobModule.name);
    const report = (problem: string, error: unknown): void => logger.error({ err: error }, problem);
    return {
      module: BlobModule,
      controllers: [BlobsController, BlobHealthController, ...(options.alone === true ? [AloneHealthController] : [])],
      providers: [
        { provide: BlobService, useFactory: () => BlobService.open(options) },
        { provide: GrantVerifier, useFactory: () => new GrantVerifier(options.grantKeys, options.now ?? Date.now) },
        { provide: StorageHealth, useFactory: (blobs: BlobService) => new StorageHealth(blobs, report), inject: [BlobService] },
      ],
      exports: [BlobService, GrantVerifier, StorageHealth],
    };
  }
}
