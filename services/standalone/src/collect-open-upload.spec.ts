import { hash as digest, randomBytes, randomUUID } from 'node:crypto';
import { GRANT_HEADER, type NegotiateResponseJson } from '@syncpair/contracts';
import { collectAll } from '@syncpair/metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalContentUpkeep } from './local-content-upkeep.ts';
import { CollectWorld, randomDevice } from './testing/collect-world.ts';

type Ok = Extract<NegotiateResponseJson, { status: 'ok' }>;

let world: CollectWorld;
beforeAll(async () => {
  world = await CollectWorld.start();
});
afterAll(() => world.close());

const fields = { client_id: 'alice', device: randomDevice(), directory: 'uploads', shared: true };

async function negotiate(request: object): Promise<Ok> {
  const answer = await fetch(`${world.url}/api/v1/negotiate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ protocol: 1, ...fields, cursor: '0', pull: false, ...request }),
  });
  return (await answer.json()) as Ok;
}

/** As eager as a collection can be: nothing is too young for it. */
const collect = async (): Promise<void> => {
  for (let round = 0; round < 3; round += 1)
    await collectAll(world.database, new LocalContentUpkeep(world.store), { graceMs: 0, idleMs: 0, volumeMs: 0 });
};

it.each([300, 90_000])('a collection leaves a content of %d bytes alone that is uploaded and not committed yet', async (size) => {
  const { epoch } = await negotiate({ epoch: null, changes: [] });
  const bytes = randomBytes(size);
  const hash = digest('sha256', bytes);
  const entry = { kind: 'file', hash, size, mtime: '1700000000000000000', executable: false };
  const change = { op: 'put', id: randomUUID(), path: `f${size}`, base: null, entry };
  const { outcomes, grants } = await negotiate({ epoch, changes: [change] });
  expect(outcomes).toMatchObject([{ status: 'needs_content' }]);
  await collect();
  const answer = await fetch(`${world.url}/blobs/${hash}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', [GRANT_HEADER]: String(grants[0]?.grant) },
    body: bytes,
  });
  const { receipt } = (await answer.json()) as { receipt: string };
  await collect();
  expect((await negotiate({ epoch, changes: [change], receipts: [receipt] })).outcomes).toMatchObject([{ status: 'committed' }]);
  expect(await world.missing()).toEqual([]);
});
