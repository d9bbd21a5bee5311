import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Services } from './services.ts';

/** Starts what runs beside the requests, and stops everything in an order in which nothing is missed: streams, requests, database. */
export class Lifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #services: Services;
  readonly #dataSource: DataSource;

  constructor(services: Services, dataSource: DataSource) {
    this.#services = services;
    this.#dataSource = dataSource;
  }

  onApplicationBootstrap(): void {
    const { hub, notifications, approvedHolds } = this.#services;
    approvedHolds.start();
    notifications.start({
      heard: (directory, seq, holds) => hub.heard(directory, seq, holds),
      lost: () => hub.hurry(),
      resumed: () => void hub.check(),
    });
    this.#services.collector?.start();
    this.#services.retentionJob.start();
  }

  /** Before the server stops listening: streams would keep it open. */
  onModuleDestroy(): void {
    this.#services.hub.close();
    this.#services.connected.close();
    this.#services.approvedHolds.stop();
  }

  /** After the last request. */
  async onApplicationShutdown(): Promise<void> {
    await this.#services.collector?.close();
    await this.#services.retentionJob.close();
    await this.#services.recorder.flush();
    await this.#services.notifications.close();
    await this.#dataSource.destroy();
  }
}
