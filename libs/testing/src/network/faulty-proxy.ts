import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { type Faults, NO_FAULTS } from './faults.ts';
import { runLane } from './faulty-lane.ts';

/** A TCP proxy on loopback that does to connections what real networks do, switchable while they are open. */
export interface FaultyProxy {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Bytes handed on so far: `up` towards the server, `down` towards the client. */
  readonly passed: { readonly up: number; readonly down: number };
  /** Connections that clients have opened so far. */
  readonly accepted: number;
  /** Connections of clients that are open. */
  readonly open: number;
  /** Changes these faults and leaves the others; also for connections that are open already. */
  set(faults: Partial<Faults>): Promise<void>;
  /** Takes all faults away. */
  heal(): Promise<void>;
  /** Resets every open connection, both sides. */
  resetAll(): void;
  /** Leads all further connections to another server, and resets those that are open. */
  retarget(target: string): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of `target`, an `http://HOST:PORT` or a port on loopback. */
export async function startFaultyProxy(target: string | number): Promise<FaultyProxy> {
  const { hostname, port } = new URL(typeof target === 'number' ? `http://127.0.0.1:${target}` : target);
  const proxy = new Proxy({ host: hostname, port: Number(port) });
  await proxy.listen(0);
  return proxy;
}

class Proxy implements FaultyProxy {
  readonly passed = { up: 0, down: 0 };
  accepted = 0;
  port = 0;
  #target: { readonly host: string; readonly port: number };
  readonly #connections = new Set<Connection>();
  #faults: Faults = NO_FAULTS;
  #server: Server | null = null;

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  retarget(target: string): void {
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
    this.resetAll();
  }

  get open(): number {
    return this.#connections.size;
  }

  async set(faults: Partial<Faults>): Promise<void> {
    this.#faults = { ...this.#faults, ...faults };
    if (this.#faults.refuse) void this.#stopListening();
    else if (this.#server === null) await this.listen(this.port);
  }

  heal(): Promise<void> {
    return this.set(NO_FAULTS);
  }

  resetAll(): void {
    for (const connection of this.#connections) connection.reset();
  }

  async close(): Promise<void> {
    this.resetAll();
    await this.#stopListening();
  }

  async listen(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Nobody listens any more at once; resolves when the last open connection has ended. */
  async #stopListening(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await new Promise<unknown>((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  }

  #accept(client: Socket): void {
    this.accepted += 1;
    const connection: Connection = new Connection(client, connect({ ...this.#target, allowHalfOpen: true }), {
      faults: () => this.#faults,
      onPassed: (way, bytes) => (this.passed[way] += bytes),
      onDrop: () => (this.#faults = { ...this.#faults, dropReplies: this.#faults.dropReplies - 1 }),
      onClose: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    connection.run();
  }
}

interface ConnectionRules {
  faults(): Faults;
  onPassed(way: 'up' | 'down', bytes: number): void;
  onDrop(): void;
  onClose(): void;
}

const REQUEST_LINE = /^[A-Z]+ [^\r\n]* HTTP\/1\.\d(?=\r\n)/;

class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #rules: ConnectionRules;
  #requestLine = '';

  constructor(client: Socket, server: Socket, rules: ConnectionRules) {
    this.#client = client;
    this.#server = server;
    this.#rules = rules;
  }

  run(): void {
    for (const socket of [this.#client, this.#server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.reset());
    }
    this.#client.on('close', () => {
      this.#server.destroy();
      this.#rules.onClose();
    });
    void runLane(this.#client, this.#server, {
      faults: () => this.#faults(),
      cutAfter: (faults) => faults.cutUpAfter,
      flipAt: (faults) => faults.flipUpAt,
      onArrival: (chunk) => this.#request(chunk),
      onPassed: (bytes) => this.#rules.onPassed('up', bytes),
      reset: () => this.reset(),
    });
    void runLane(this.#server, this.#client, {
      faults: () => this.#faults(),
      cutAfter: (faults) => faults.cutDownAfter,
      flipAt: (faults) => faults.flipDownAt,
      onArrival: () => this.#reply(),
      onPassed: (bytes) => this.#rules.onPassed('down', bytes),
      reset: () => this.reset(),
    });
  }

  reset(): void {
    resetNow(this.#client);
    resetNow(this.#server);
  }

  #faults(): Faults {
    const faults = this.#rules.faults();
    return faults.only === null || faults.only.test(this.#requestLine) ? faults : NO_FAULTS;
  }

  #request(chunk: Buffer): boolean {
    const line = REQUEST_LINE.exec(chunk.toString('latin1', 0, 16 * 1024));
    if (line !== null) this.#requestLine = line[0];
    return true;
  }

  #reply(): boolean {
    if (this.#faults().dropReplies <= 0) return true;
    this.#rules.onDrop();
    this.reset();
    return false;
  }
}

/**
 * Resets a socket at once, and what waits to be sent is lost, as on a line that breaks. `resetAndDestroy` sends all of it first, and where the
 * socket goes meanwhile for another reason it is never let go of: the system resets none that is about to tell its end, and the process
 * could not end any more.
 */
function resetNow(socket: Socket): void {
  if (socket.destroyed) return;
  const isTellingEnd = socket.writableEnded && !socket.writableFinished;
  // A socket that is still connecting has nobody to be reset for.
  if (!socket.connecting && !isTellingEnd) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}
