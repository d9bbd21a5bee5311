import type { ChangeJson, HeadJson, HistoryItem, RevertResponse } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let alice: Device;
let bob: Device;
let directories = 0;
/** The server's clock: an hour passes with each look at `hours`. */
let now = Date.parse('2026-03-01T00:00:00Z');

beforeAll(async () => {
  database = await testDatabase();
  // Whole directories are emptied here, which nobody is to hold.
  replica = await startReplica(database.url, { clock: () => now, hold: 'off' });
});
afterAll(async () => {
  await replica.close();
  await database.close();
});
beforeEach(async () => {
  const directory = `revert-${(directories += 1)}`;
  alice = await Device.join(replica.url, 'alice', directory);
  bob = await Device.join(replica.url, 'bob', directory);
});

const nextHour = (): string => {
  now += 3_600_000;
  const at = new Date(now).toISOString();
  now += 1_000;
  return at;
};
const names = (): object => ({ client_id: 'carol', directory: alice.directory, shared: true });

async function call(path: string, body: object): Promise<RevertResponse> {
  const answer = await alice.post(path, { ...names(), ...body });
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body as RevertResponse;
}
const restoreTree = (body: object): Promise<RevertResponse> => call('/api/v1/restore/tree', body);
const undo = (body: object): Promise<RevertResponse> => call('/api/v1/undo', { client: 'alice', ...body });
const steps = ({ steps: told }: RevertResponse): string[] =>
  told.map(({ action, path, to, version }) => [action, path, to ?? version ?? ''].join(' ').trim());
const kept = ({ kept: told }: RevertResponse): string[] => told.map(({ path, reason, by }) => `${path} ${reason} ${by}`);

const query = (): URLSearchParams => new URLSearchParams({ client_id: 'carol', directory: alice.directory, shared: 'true' });
async function history(): Promise<HistoryItem[]> {
  return ((await (await fetch(`${replica.url}/api/v1/history?${query()}`)).json()) as { versions: HistoryItem[] }).versions;
}
/** Live paths with their sizes, which tell contents apart. */
async function live(): Promise<string[]> {
  const lines = (await (await fetch(`${replica.url}/api/v1/tree?${query()}`)).text()).trim().split('\n').slice(1, -1);
  const heads = lines.map((line) => JSON.parse(line) as HeadJson);
  return heads.map(({ path, state }) => (state.kind === 'file' ? `${path} ${state.size}` : `${path}/`));
}
const send = (device: Device, ...changes: ChangeJson[]): Promise<unknown> => device.send({ changes });

describe('POST /api/v1/restore/tree', () => {
  test('brings a folder back as it was at a time, with what was deleted, and leaves all else (R54) [DEL-14]', async () => {
    await send(alice, alice.put('d/a', '1'), alice.put('d/sub/b', '22'), alice.put('other', '1'));
    const then = nextHour();
    await send(
      bob,
      bob.put('d/a', '4444', { base: '1.1' }),
      bob.delete('d/sub/b', '1.3'),
      bob.delete('d/sub', '1.2'),
      bob.put('d/new', '333'),
    );
    await send(bob, bob.put('other', '4444', { base: '1.4' }));
    expect(await live()).toEqual(['d/', 'd/a 4', 'd/new 3', 'other 4']);
    const plan = await restoreTree({ path: 'd', at: then, plan: true });
    expect(plan).toMatchObject({ planned: true, seq: '1', counts: { restored: 3, deleted: 0, moved: 0, kept: 0 } });
    expect(steps(plan)).toEqual(['restore d/a 1.1', 'restore d/sub 1.2', 'restore d/sub/b 1.3']);
    expect(await live()).toEqual(['d/', 'd/a 4', 'd/new 3', 'other 4']);
    expect(await restoreTree({ path: 'd', at: then })).toMatchObject({ planned: false, counts: { restored: 3, kept: 0 } });
    expect(await live()).toEqual(['d/', 'd/a 1', 'd/new 3', 'd/sub/', 'd/sub/b 2', 'other 4']);
    const [newest] = await history();
    expect(newest).toMatchObject({ path: 'd/sub/b', author: 'carol', cause: 'restore', restored_from: '1.3' });
    // It reaches devices as any change does.
    const { commits } = await alice.send({ changes: [] });
    expect(commits.at(-1)).toMatchObject({ author: 'carol', changes: [{ path: 'd/a' }, { path: 'd/sub' }, { path: 'd/sub/b' }] });
  });

  test('exact takes away what did not exist then; a second time changes nothing (R54)', async () => {
    await send(alice, alice.put('d/a', '1'), alice.put('f', '22'));
    const then = nextHour();
    await send(alice, alice.put('d/new/deep', '333'), alice.delete('f', '1.2'), alice.put('f/inside', '1'), alice.move('d', 'e', '1.0'));
    const plan = await restoreTree({ at: then, exact: true, plan: true });
    expect(steps(plan)).toEqual([
      'delete f/inside',
      'delete e/new/deep',
      'delete e/new',
      'delete e/a',
      'delete e',
      'restore d 1.0',
      'restore d/a 1.1',
      'restore f 1.2',
    ]);
    await restoreTree({ at: then, exact: true });
    expect(await live()).toEqual(['d/', 'd/a 1', 'f 2']);
    expect(await restoreTree({ at: then, exact: true })).toMatchObject({ counts: { restored: 0, deleted: 0, kept: 0 } });
  });

  test('without exact a file does not take the place of a folder with contents (R54)', async () => {
    await send(alice, alice.put('f', '22'));
    await send(alice, alice.delete('f', '1.0'));
    await send(alice, alice.put('f/inside', '1'));
    expect(kept(await restoreTree({ seq: '1' }))).toEqual(['f not_empty null']);
    expect(await live()).toEqual(['f/', 'f/inside 1']);
  });

  test('says why it cannot', async () => {
    await send(alice, alice.put('f', '22'));
    const answers = [
      [{ seq: '1', path: 'nothing' }, 404],
      [{ at: '2026-01-01T00:00:00Z', seq: '1' }, 400],
      [{}, 400],
      [{ at: 'yesterday' }, 400],
      [{ seq: '1', directory: 'nobody-knows' }, 404],
    ] as const;
    for (const [body, status] of answers) {
      expect((await alice.post('/api/v1/restore/tree', { ...names(), ...body })).status).toBe(status);
    }
  });
});

describe('POST /api/v1/undo', () => {
  test('takes back edits, creations, deletions and renames of one client, and keeps everybody else’s work (R56)', async () => {
    await send(
      bob,
      bob.put('edited', '1'),
      bob.put('deleted', '22'),
      bob.put('both', '333'),
      bob.put('d/x', '4444'),
      bob.put('d/y', '55555'),
    );
    const from = nextHour();
    await send(alice, alice.put('edited', 'aliceALICE', { base: '1.0' }), alice.put('both', 'aliceALICE', { base: '1.2' }));
    await send(alice, alice.delete('deleted', '1.1'), alice.put('created/deep', 'aliceALICE'), alice.move('d', 'renamed', '1.3'));
    const to = nextHour();
    await send(alice, alice.put('later', 'aliceALICE'));
    await send(
      bob,
      bob.put('both', 'bobbob', { base: '2.1' }),
      bob.put('renamed/x', 'bobbob', { base: '3.3' }),
      bob.put('renamed/z', 'bob'),
    );
    const before = await live();
    const plan = await undo({ from, to, plan: true });
    expect(steps(plan)).toEqual(['delete created/deep', 'delete created', 'move renamed d', 'restore deleted 1.1', 'restore edited 1.0']);
    expect(kept(plan)).toEqual(['both changed_since bob']);
    expect(await live()).toEqual(before);
    expect(await undo({ from, to })).toMatchObject({ counts: { restored: 2, deleted: 2, moved: 1, kept: 1 } });
    expect(await live()).toEqual(['both 6', 'd/', 'd/x 6', 'd/y 5', 'd/z 3', 'deleted 2', 'edited 1', 'later 10']);
    expect((await history()).find(({ path, head }) => path === 'edited' && head)).toMatchObject({
      author: 'carol',
      cause: 'undo',
      restored_from: '1.0',
    });
  });

  test('an undo can be undone (R57)', async () => {
    await send(alice, alice.put('f', '1'), alice.put('g', '22'));
    const from = nextHour();
    await send(alice, alice.put('f', '4444', { base: '1.0' }), alice.delete('g', '1.1'));
    const to = nextHour();
    await undo({ from, to });
    expect(await live()).toEqual(['f 1', 'g 2']);
    const second = nextHour();
    await undo({ client: 'carol', from: to, to: second });
    expect(await live()).toEqual(['f 4']);
  });

  test('goes over a move of somebody else to the file’s new name (R56)', async () => {
    await send(bob, bob.put('d/f', '1'));
    const from = nextHour();
    await send(alice, alice.put('d/f', '4444', { base: '1.1' }));
    const to = nextHour();
    await send(bob, bob.move('d', 'e', '1.0'));
    expect(steps(await undo({ from, to }))).toEqual(['restore e/f 1.1']);
    expect(await live()).toEqual(['e/', 'e/f 1']);
  });

  test('follows a file back to the name that it had when the span began (R55)', async () => {
    await send(bob, bob.put('f', '1'));
    const from = nextHour();
    await send(alice, alice.put('unrelated', '1'));
    await send(bob, bob.move('f', 'g', '1.0'));
    await send(alice, alice.put('g', '4444', { base: '3.0' }));
    await undo({ from, to: nextHour() });
    expect(await live()).toEqual(['g 1']);
  });

  test('a client that did nothing has nothing to undo; one that nobody knows is refused with those that are known', async () => {
    await send(alice, alice.put('f', '1'));
    const at = nextHour();
    // That a device was seen is written down beside its requests, a moment later.
    const nothing = await vi.waitFor(() => undo({ client: 'bob', from: at, to: at }), { timeout: 10_000 });
    expect(nothing).toMatchObject({ counts: { restored: 0, kept: 0 }, steps: [] });
    const unknown = await alice.post('/api/v1/undo', { ...names(), client: 'bobby', from: at, to: at });
    expect(unknown).toMatchObject({ status: 404, body: { error: { message: expect.stringContaining('alice, bob') as string } } });
    expect((await alice.post('/api/v1/undo', { ...names(), client: 'bob', from: at, to: '2020-01-01T00:00:00Z' })).status).toBe(400);
  });

  test('10,000 deleted files come back, and 200 edits of another stay', async () => {
    const paths = Array.from({ length: 10_000 }, (_, n) => `folder${n % 10}/file${n}`);
    const versions = new Map<string, string>();
    for (let start = 0; start < paths.length; start += 1_000) {
      const chunk = paths.slice(start, start + 1_000).map((path) => bob.put(path, `text ${path}`));
      const { outcomes } = await bob.send({ changes: chunk });
      chunk.forEach((change, index) => {
        const outcome = outcomes[index];
        if (change.op === 'put' && outcome?.status === 'committed') versions.set(change.path, outcome.version);
      });
    }
    const from = nextHour();
    for (let start = 0; start < paths.length; start += 1_000)
      await send(alice, ...paths.slice(start, start + 1_000).map((path) => alice.delete(path, versions.get(path) as string)));
    expect(await live()).toHaveLength(10);
    await send(bob, ...paths.slice(0, 200).map((path) => bob.put(path, `by bob ${path}`)));
    const { counts } = await undo({ from, to: nextHour() });
    expect(counts).toEqual({ restored: 9_800, deleted: 0, moved: 0, kept: 200 });
    expect(await live()).toHaveLength(10_010);
  });
});
