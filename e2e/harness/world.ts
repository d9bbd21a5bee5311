import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultyProxy, startFaultyProxy } from '@syncpair/testing';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { ClientProcess, type ClientSetup } from './client-process.ts';
import { assertBuilt } from './command.ts';
import { removeWhenWeEnd } from './remove-when-we-end.ts';
import { ServerProcess } from './server-process.ts';
import { stabilise } from './stabilise.ts';

/** Characters of each log that are shown when a test fails; all of it stays where `SYNCPAIR_E2E_KEEP` is set. */
const SHOWN_LOG = 6_000;
const KEEP = process.env['SYNCPAIR_E2E_KEEP'] !== undefined;

export type ClientOptions = Partial<Omit<ClientSetup, 'id'>>;

/** One server for a file of tests, and the clients of each test. Everything is ended and removed, and the logs are shown on failure. */
export class World {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-e2e-')));
  readonly server: ServerProcess = new ServerProcess(join(this.folder, 'server'), join(this.folder, 'server', 'storage'));
  #others: ServerProcess[] = [];
  #clients: ClientProcess[] = [];
  #proxies: FaultyProxy[] = [];
  #tests = 0;

  constructor() {
    // Clients that run as somebody else must be able to pass.
    chmodSync(this.folder, 0o755);
    removeWhenWeEnd(this.folder, { keep: KEEP });
  }

  /** A client that is not started yet. Clients of one test share one directory, unless they are told otherwise. */
  client(id: string, options: ClientOptions = {}): ClientProcess {
    const client = new ClientProcess({
      id,
      home: join(this.folder, `t${this.#tests}`, id),
      server: this.server.url,
      directory: `team-${this.#tests}`,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Clients that run and are in sync. */
  async started<Ids extends readonly string[]>(
    ids: readonly [...Ids],
    options: ClientOptions = {},
  ): Promise<{ [Index in keyof Ids]: ClientProcess }> {
    const clients = ids.map((id) => this.client(id, options));
    await Promise.all(clients.map((client) => client.start()));
    await stabilise(clients);
    return clients as unknown as { [Index in keyof Ids]: ClientProcess };
  }

  /** A proxy in front of a server, for one test. */
  async proxy(target: string = this.server.url): Promise<FaultyProxy> {
    const proxy = await startFaultyProxy(target);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** Another server with an empty storage; not started. */
  otherServer(wrapper: readonly string[] = []): ServerProcess {
    const home = join(this.folder, `server-${this.#tests}-${this.#others.length}`);
    const server = new ServerProcess(home, join(home, 'storage'), wrapper);
    this.#others.push(server);
    return server;
  }

  /** Before each test. */
  begin(): void {
    this.#tests += 1;
    this.#clients = [];
    this.#others = [];
  }

  /** After each test. */
  async clear(): Promise<void> {
    await Promise.all(this.#clients.filter(({ isRunning }) => isRunning).map((client) => client.kill()));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await Promise.all(this.#others.map((other) => other.end()));
    this.#proxies = [];
  }

  async close(): Promise<void> {
    await this.server.end();
    if (!KEEP) rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** What the processes told, for whoever reads a failed test. */
  logs(): string {
    const servers = [this.server, ...this.#others].map(({ log }, index) => [index === 0 ? 'server' : `server ${index + 1}`, log] as const);
    const each = [...this.#clients.map(({ id, log }) => [id, log] as const), ...servers];
    return each.map(([name, log]) => `--- ${name}\n${log.slice(-SHOWN_LOG)}`).join('\n');
  }
}

/** A world for the tests of a file. */
export function useWorld({ testTimeout = 180_000 }: { readonly testTimeout?: number } = {}): World {
  // Each wait has a limit of its own that says what was missing; this one only ends what hangs.
  vi.setConfig({ testTimeout });
  const world = new World();
  beforeAll(async () => {
    assertBuilt();
    await world.server.start();
  });
  beforeEach(({ onTestFailed }) => {
    world.begin();
    onTestFailed(() => console.error(world.logs()));
  });
  afterEach(() => world.clear());
  afterAll(() => world.close());
  return world;
}
