import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkAddress, isLoopback, urlOf } from './listen-address.ts';

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['server.example', false],
  ['', false],
])('%s is for this machine only: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['::1', 'http://[::1]:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['localhost', 'http://localhost:8080'],
])('%s is reached at %s', (host, expected) => {
  expect(urlOf(host, 8080)).toBe(expected);
});

test('a port that is taken, and an address that is not ours, are told apart', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(checkAddress('127.0.0.1', port)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/port \d+ on 127\.0\.0\.1 is in use/) as string,
  });
  other.close();
  await once(other, 'close');
  await checkAddress('127.0.0.1', port);
  await expect(checkAddress('203.0.113.7', 0)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('no address of this machine') as string,
  });
});
