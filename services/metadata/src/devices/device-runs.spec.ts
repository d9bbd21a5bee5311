import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});

let directories = 0;
const run = (id: string, ...follows: string[]) => ({ id, follows, rejoins: false });
const ask = (device: Device, claimed: ReturnType<typeof run>, cursor = device.cursor) =>
  device.send({ run: claimed, cursor, pull: false, changes: [] });
const joined = (): Promise<Device> => Device.join(replica.url, 'alice', `team-${(directories += 1)}`);

describe('the runs of a device (R49)', () => {
  test('follow one another', async () => {
    const alice = await joined();
    for (const each of [run('r1'), run('r1'), run('r2', 'r1'), run('r4', 'r2', 'r3'), run('r4')])
      expect((await ask(alice, each)).status).toBe('ok');
  });

  test('show a state from before the last one, which is taken back once the client knows', async () => {
    const alice = await joined();
    for (const each of [run('r1'), run('r2', 'r1')]) await ask(alice, each);
    const old = run('r3', 'r1');
    expect(await ask(alice, old)).toMatchObject({ status: 'rejoin', reason: 'old_state' });
    expect(await ask(alice, old)).toMatchObject({ status: 'rejoin', reason: 'old_state' });
    expect((await ask(alice, { ...old, rejoins: true })).status).toBe('ok');
    expect((await ask(alice, run('r3'))).status).toBe('ok');
    expect(await ask(alice, run('r2'))).toMatchObject({ status: 'rejoin', reason: 'old_state' });
  });

  test('show a state of the same run from before its last changes', async () => {
    const alice = await joined();
    await ask(alice, run('r1'));
    for (let n = 0; n < 3; n += 1) await alice.commit(alice.put(`file-${n}`, 'text'));
    await ask(alice, run('r1'));
    // Whoever asks for the devices is told of every sighting before.
    const query = new URLSearchParams({ client_id: 'alice', directory: alice.directory, shared: 'true' });
    expect((await fetch(`${replica.url}/api/v1/devices?${query.toString()}`)).status).toBe(200);
    expect(await ask(alice, run('r2', 'r1'), '1')).toMatchObject({ status: 'rejoin', reason: 'old_state' });
    expect((await ask(alice, run('r2', 'r1'))).status).toBe('ok');
  });

  test('show a clone to the one that was at work when the other one began', async () => {
    const alice = await joined();
    await ask(alice, run('r1'));
    expect((await ask(alice, run('clone', 'r1'))).status).toBe('ok');
    expect(await ask(alice, run('r1'))).toMatchObject({ status: 'rejoin', reason: 'old_state' });
  });
});
