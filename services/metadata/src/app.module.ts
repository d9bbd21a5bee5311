import { type DynamicModule, Module } from '@nestjs/common';
import type { MetadataOptions } from './metadata-options.ts';

/** The metadata service as a module: every route but `/blobs/*`. */
@Module({})
export class MetadataModule {
  static register(_options: MetadataOptions): DynamicModule {
    return { module: MetadataModule };
  }
}
