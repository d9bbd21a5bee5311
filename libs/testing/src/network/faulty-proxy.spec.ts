import { execFileSync } from 'node:child_process';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

/** On a busy machine things take their time. */
const SOON = { timeout: 20_000 };

let server: Server;
let proxy: FaultyProxy;
/** What the server received, over all connections. */
let chunks: Buffer[];
let clients: Client[];

/** A server that sends back what it gets. */
beforeEach(async () => {
  chunks = [];
  clients = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      chunks.push(bytes);
      socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultyProxy((server.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

const received = (): string => Buffer.concat(chunks).toString('latin1');

class Client {
  readonly socket: Socket = connect(proxy.port, '127.0.0.1');
  text = '';
  end: string | null = null;

  constructor() {
    clients.push(this);
    this.socket.on('data', (bytes) => (this.text += bytes.toString('latin1')));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.end = error.code ?? error.message));
    this.socket.on('close', () => (this.end ??= 'closed'));
  }
}

function send(text: string): Client {
  const client = new Client();
  client.socket.write(text);
  return client;
}

test('without faults all passes both ways, and ends with its ends', async () => {
  const client = send('hello');
  await expect.poll(() => client.text, SOON).toBe('hello');
  expect(proxy.passed).toEqual({ up: 5, down: 5 });
  expect([proxy.accepted, proxy.open]).toEqual([1, 1]);
  client.socket.end();
  await expect.poll(() => client.end, SOON).toBe('closed');
  await expect.poll(() => proxy.open, SOON).toBe(0);
});

test('refused connections are refused, open ones go on, and later ones are taken on the same port', async () => {
  const before = send('a');
  await expect.poll(() => before.text, SOON).toBe('a');
  await proxy.set({ refuse: true });
  const refused = send('b');
  await expect.poll(() => refused.end, SOON).toBe('ECONNREFUSED');
  before.socket.write('c');
  await expect.poll(() => before.text, SOON).toBe('ac');
  await proxy.heal();
  const after = send('d');
  await expect.poll(() => after.text, SOON).toBe('d');
});

test('a black hole takes connections and passes nothing until it ends', async () => {
  const open = send('a');
  await expect.poll(() => open.text, SOON).toBe('a');
  await proxy.set({ blackHole: true });
  open.socket.write('b');
  const fresh = send('c');
  await sleep(100);
  expect([open.text, fresh.text, open.end, fresh.end]).toEqual(['a', '', null, null]);
  await proxy.heal();
  await expect.poll(() => [open.text, fresh.text], SOON).toEqual(['ab', 'c']);
});

test.each([
  ['up', { cutUpAfter: 10 }, 10],
  ['down', { cutDownAfter: 10 }, 25],
] as const)('a connection is cut after so many bytes %s', async (_way, faults, arrived) => {
  await proxy.set(faults);
  const client = send('x'.repeat(25));
  await expect.poll(() => client.end, SOON).toBe('ECONNRESET');
  expect(received().length).toBe(arrived);
  expect(client.text.length).toBeLessThanOrEqual(10);
});

test('a bit is flipped in one byte of a direction, wherever its piece begins', async () => {
  await proxy.set({ flipUpAt: 2, pieceBytes: 2 });
  const up = send('aaaa');
  await expect.poll(() => up.text, SOON).toBe('aa`a');
  await proxy.set({ flipUpAt: null, flipDownAt: 0 });
  const down = send('aaaa');
  await expect.poll(() => down.text, SOON).toBe('`aaa');
  expect(received()).toBe('aa`aaaaa');
});

test('the reply of so many requests is lost after the server got them', async () => {
  await proxy.set({ dropReplies: 1 });
  const lost = send('first');
  await expect.poll(() => lost.end, SOON).toBe('ECONNRESET');
  expect([received(), lost.text]).toEqual(['first', '']);
  const kept = send('second');
  await expect.poll(() => kept.text, SOON).toBe('second');
});

test('a delay moves everything and does not limit how much is on its way', async () => {
  await proxy.set({ delayMs: 100 });
  const start = performance.now();
  const client = send('x');
  for (let n = 0; n < 20; n += 1) {
    client.socket.write('x');
    await sleep(5);
  }
  await expect.poll(() => client.text.length, SOON).toBe(21);
  const took = performance.now() - start;
  expect(took).toBeGreaterThanOrEqual(195);
  expect(took).toBeLessThan(20 * 200);
});

test('a slow line carries no more than its bytes a second', async () => {
  await proxy.set({ bytesPerSecond: 10_000 });
  const start = performance.now();
  const client = send('x'.repeat(3_000));
  await expect.poll(() => client.text.length, SOON).toBe(3_000);
  expect(performance.now() - start).toBeGreaterThanOrEqual(250);
});

test('faults can meet some requests only', async () => {
  await proxy.set({ cutUpAfter: 0, only: /^GET \/events/ });
  const events = send('GET /events?x=1 HTTP/1.1\r\n\r\n');
  const other = send('GET /health HTTP/1.1\r\n\r\n');
  await expect.poll(() => events.end, SOON).toBe('ECONNRESET');
  await expect.poll(() => other.text, SOON).toBe('GET /health HTTP/1.1\r\n\r\n');
});

test('much passes whole under back-pressure', async () => {
  const size = 8 * 1024 * 1024;
  const client = new Client();
  client.socket.write(Buffer.alloc(size, 'z'));
  await expect.poll(() => client.text.length, SOON).toBe(size);
  expect(proxy.passed).toEqual({ up: size, down: size });
});

test('resetAll ends what is open, and close leaves nothing', async () => {
  const client = send('a');
  await expect.poll(() => client.text, SOON).toBe('a');
  proxy.resetAll();
  await expect.poll(() => client.end, SOON).toBe('ECONNRESET');
  const last = send('b');
  await expect.poll(() => last.text, SOON).toBe('b');
  await proxy.close();
  await expect.poll(() => last.end, SOON).not.toBeNull();
  const refused = send('c');
  await expect.poll(() => refused.end, SOON).toBe('ECONNREFUSED');
});

test('a process whose connections were cut in every state can end', () => {
  const script = join(import.meta.dirname, 'cut-connections.process.ts');
  expect(execFileSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 })).toBe('cut\n');
});

test('a server that is not there resets the client', async () => {
  const orphan = await startFaultyProxy('http://127.0.0.1:1');
  const socket = connect(orphan.port, '127.0.0.1');
  const end = await new Promise((resolve) => socket.on('error', resolve));
  expect(end).toMatchObject({ code: 'ECONNRESET' });
  await orphan.close();
});
