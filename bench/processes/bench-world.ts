import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientProcess, type ClientSetup } from '../../e2e/harness/client-process.ts';
import { removeWhenWeEnd } from '../../e2e/harness/remove-when-we-end.ts';
import { ServerProcess } from '../../e2e/harness/server-process.ts';
import { type FaultyProxy, startFaultyProxy } from '../../libs/testing/src/network/faulty-proxy.ts';

/** The directory that the clients of a measurement share. */
export const DIRECTORY = 'bench';

/** A server, its clients and the lines between them for one measurement, in a temporary folder. */
export class BenchWorld {
  readonly folder: string;
  readonly server: ServerProcess;
  readonly #clients: ClientProcess[] = [];
  readonly #proxies: FaultyProxy[] = [];

  /** `work`: where the temporary folder is made; null: where the system makes them. */
  constructor(work: string | null) {
    this.folder = realpathSync(mkdtempSync(join(work ?? tmpdir(), 'syncpair-bench-')));
    removeWhenWeEnd(this.folder, { keep: false });
    this.server = new ServerProcess(join(this.folder, 'server'), join(this.folder, 'server', 'storage'));
  }

  /** Does something with a world whose server runs; ends and removes everything afterwards. */
  static async use<T>(work: string | null, measure: (world: BenchWorld) => Promise<T>): Promise<T> {
    const world = new BenchWorld(work);
    try {
      await world.server.start();
      return await measure(world);
    } finally {
      await world.#end();
    }
  }

  /** A client that is not started yet; it logs what a user's client does. */
  client(id: string, setup: Partial<ClientSetup> = {}): ClientProcess {
    const home = join(this.folder, id);
    const client = new ClientProcess({ id, home, server: this.server.url, directory: DIRECTORY, logLevel: 'info', ...setup });
    this.#clients.push(client);
    return client;
  }

  /** A line to the server that counts what passes, and can be slow and be cut. */
  async line(): Promise<FaultyProxy> {
    const proxy = await startFaultyProxy(this.server.url);
    this.#proxies.push(proxy);
    return proxy;
  }

  async #end(): Promise<void> {
    // As a user ends them, for only then a profile is written. One that does not end is killed, and that is no figure's fault.
    await Promise.allSettled(this.#clients.filter(({ isRunning }) => isRunning).map((client) => client.stop()));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await this.server.end();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
