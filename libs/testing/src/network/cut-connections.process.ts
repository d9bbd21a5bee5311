/** Opens many connections through a proxy and cuts them while they connect, carry bytes, or end; then nothing is left to do. */
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultyProxy } from './faulty-proxy.ts';

const CONNECTIONS = 300;
const MANY = 6_000_000;

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.end(Buffer.alloc(MANY));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const proxy = await startFaultyProxy((server.address() as AddressInfo).port);
for (let n = 0; n < CONNECTIONS; n += 1) {
  const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  client.write(Buffer.alloc(n % 2 === 0 ? 10 : MANY));
  if (n % 3 !== 0) client.end();
  if (n % 4 === 0) client.on('data', () => undefined);
  await sleep(n % 7);
  if (n % 5 === 0) client.resetAndDestroy();
  if (n % 7 !== 0) proxy.resetAll();
  await sleep(n % 3);
  client.destroy();
}
await proxy.close();
server.close();
process.stdout.write('cut\n');
