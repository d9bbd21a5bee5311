import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CollectWorld } from './testing/collect-world.ts';
import { ReplayedSession, readSession } from './testing/replayed-session.ts';

/** Two clients of version 0.1.0 (protocol 1) join, upload, edit, rename, delete, download and restore through a recording proxy. */
const SESSION = join(import.meta.dirname, 'testing', 'protocol-1-session.ndjson.gz');

let world: CollectWorld;
beforeAll(async () => {
  world = await CollectWorld.start();
});
afterAll(() => world.close());

it('a client of protocol 1 gets every answer that it got from the server of its own version [STA-08]', async () => {
  const session = readSession(SESSION);
  expect(new Set(session.map(({ path }) => path.split(/[?/]/).slice(0, 4).join('/'))).size).toBeGreaterThan(5);
  const replayed = new ReplayedSession(world.url);
  for (const exchange of session) expect(await replayed.play(exchange)).toEqual([]);
});

it('another protocol is refused with what to upgrade, and every answer tells which are spoken [STA-08]', async () => {
  const negotiate = async (protocol: number): Promise<{ status: number; spoken: string | null; body: unknown }> => {
    const fields = { client_id: 'a', device: 'd'.repeat(32), directory: 'team', shared: true, epoch: null, cursor: '0', changes: [] };
    const answer = await fetch(`${world.url}/api/v1/negotiate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ protocol, ...fields }),
    });
    return { status: answer.status, spoken: answer.headers.get('x-syncpair-protocol'), body: await answer.json() };
  };
  expect(await negotiate(1)).toMatchObject({ status: 200, spoken: '1-1', body: { status: 'rejoin' } });
  expect(await negotiate(2)).toMatchObject({
    status: 400,
    spoken: '1-1',
    body: { error: { code: 'unsupported_protocol', message: 'protocol 2 is not spoken here, 1 is: upgrade the server' } },
  });
  expect(await negotiate(0)).toMatchObject({
    status: 400,
    body: { error: { code: 'unsupported_protocol', message: 'protocol 0 is not spoken here, 1 is: upgrade the client' } },
  });
});
