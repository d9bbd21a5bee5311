import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { createAuthenticator } from './auth/authenticator.ts';
import { PrincipalGuard } from './auth/principal.guard.ts';
import { GrantSigner } from './auth/grant-signer.ts';
import { ConflictsController } from './conflicts/conflicts.controller.ts';
import { ConflictsService } from './conflicts/conflicts.service.ts';
import { ConnectedDevices } from './devices/connected-devices.ts';
import { DevicesController } from './devices/devices.controller.ts';
import { DevicesService } from './devices/devices.service.ts';
import { HealthController } from './health/health.controller.ts';
import { HealthService } from './health/health.service.ts';
import { HistoryController } from './history/history.controller.ts';
import { HistoryService } from './history/history.service.ts';
import { HoldsController } from './holds/holds.controller.ts';
import { HoldsService } from './holds/holds.service.ts';
import { TreeService } from './history/tree.service.ts';
import { RetentionController } from './retention/retention.controller.ts';
import { RetentionService } from './retention/retention.service.ts';
import { ClientTurns, DEFAULT_RATE_LIMITS } from './rate/client-turns.ts';
import { TurnGuard } from './rate/turn.guard.ts';
import { RestoreTreeService } from './revert/restore-tree.service.ts';
import { RevertController } from './revert/revert.controller.ts';
import { UndoService } from './revert/undo.service.ts';
import { ScriptController } from './script/script.controller.ts';
import { ScriptFilesService } from './script/script-files.service.ts';
import { ScriptSyncService } from './script/script-sync.service.ts';
import { EventHub } from './events/event-hub.ts';
import { EventsController } from './events/events.controller.ts';
import { ProtocolInterceptor } from './http/protocol.interceptor.ts';
import { Lifecycle } from './lifecycle.ts';
import type { MetadataOptions } from './metadata-options.ts';
import { type Services, createServices } from './services.ts';
import { ChunksService } from './sync/chunks.service.ts';
import { NegotiateService } from './sync/negotiate.service.ts';
import { ReadGrantsService } from './sync/read-grants.service.ts';
import { SnapshotService } from './sync/snapshot.service.ts';
import { SyncController } from './sync/sync.controller.ts';

const SERVICES = Symbol('services');

/** Offers one of the services under its class, which is what controllers ask for. */
const offer = <T>(token: abstract new (...parameters: never[]) => T, pick: (services: Services) => T): Provider => ({
  provide: token,
  useFactory: pick,
  inject: [SERVICES],
});

/** The metadata service as a module: every route but `/blobs/*`, and the guard of all. */
@Module({})
export class MetadataModule {
  static register(options: MetadataOptions): DynamicModule {
    const logger = new Logger('metadata');
    const { rate = DEFAULT_RATE_LIMITS } = options;
    return {
      module: MetadataModule,
      controllers: [
        SyncController,
        EventsController,
        HistoryController,
        RevertController,
        RetentionController,
        ConflictsController,
        HoldsController,
        DevicesController,
        ScriptController,
        HealthController,
      ],
      providers: [
        { provide: SERVICES, useFactory: () => createServices(options, (message) => logger.warn(message)) },
        { provide: APP_GUARD, useFactory: () => new PrincipalGuard(createAuthenticator(options.auth)) },
        ...(rate === null ? [] : [{ provide: APP_GUARD, useFactory: () => new TurnGuard(new ClientTurns(rate)) }]),
        { provide: APP_INTERCEPTOR, useFactory: () => new ProtocolInterceptor() },
        { provide: Lifecycle, useFactory: (services: Services) => new Lifecycle(services, options.dataSource), inject: [SERVICES] },
        offer(NegotiateService, ({ negotiate }) => negotiate),
        offer(SnapshotService, ({ snapshot }) => snapshot),
        offer(ReadGrantsService, ({ readGrants }) => readGrants),
        offer(ChunksService, ({ chunks }) => chunks),
        offer(HistoryService, ({ history }) => history),
        offer(TreeService, ({ tree }) => tree),
        offer(RestoreTreeService, ({ restoreTree }) => restoreTree),
        offer(RetentionService, ({ retention }) => retention),
        offer(UndoService, ({ undo }) => undo),
        offer(ConflictsService, ({ conflicts }) => conflicts),
        offer(HoldsService, ({ holds }) => holds),
        offer(DevicesService, ({ devices }) => devices),
        offer(ScriptSyncService, ({ scriptSync }) => scriptSync),
        offer(ScriptFilesService, ({ scriptFiles }) => scriptFiles),
        offer(HealthService, ({ health }) => health),
        offer(GrantSigner, ({ signer }) => signer),
        offer(EventHub, ({ hub }) => hub),
        offer(ConnectedDevices, ({ connected }) => connected),
      ],
      exports: [GrantSigner],
    };
  }
}
