import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { axios } from './axios-without-fetch.ts';

it('leaves no class of fetch behind, and fetch itself as it was', async () => {
  expect(['FormData', 'Request', 'Response'].filter((name) => name in globalThis)).toEqual([]);
  const server = createServer((_request, response) => response.end('{"answer":"here"}')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect((await axios.create({ adapter: 'http' }).get<unknown>(url)).data).toEqual({ answer: 'here' });
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000), redirect: 'error' });
    expect([answer.ok, await answer.json()]).toEqual([true, { answer: 'here' }]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
