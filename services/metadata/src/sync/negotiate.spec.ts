import { hash } from 'node:crypto';
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
const freshDirectory = (): string => `team-${(directories += 1)}`;

describe('negotiate', () => {
  test('the first contact makes the directory and asks for a join', async () => {
    const alice = new Device(replica.url, 'alice', freshDirectory());
    const answer = await alice.send({ epoch: null, changes: [] });
    expect(answer).toMatchObject({ status: 'rejoin', head: '0' });
  });

  test('a put with its content inside is committed and reaches the next reader', async () => {
    const directory = freshDirectory();
    const alice = await Device.join(replica.url, 'alice', directory);
    const bob = await Device.join(replica.url, 'bob', directory);
    const answer = await alice.send({ changes: [alice.put('docs/a.txt', 'hello')] });
    expect(answer.outcomes).toEqual([expect.objectContaining({ status: 'committed', conflict: null })]);
    const pulled = await bob.send({ changes: [] });
    expect(pulled.commits).toHaveLength(1);
    expect(pulled.commits[0]).toMatchObject({ seq: '1', author: 'alice' });
    expect(pulled.commits[0]?.changes).toMatchObject([
      { op: 'head', path: 'docs', state: { kind: 'dir' } },
      { op: 'head', path: 'docs/a.txt', state: { kind: 'file', size: 5 } },
    ]);
    expect(pulled).toMatchObject({ head: '1', cursor: '1', more: false });
  });
});

describe('announced contents', () => {
  const sizes = (hashes: readonly string[]) => hashes.map((hash) => ({ hash, size: 5 }));
  const granted = ({ grants }: { grants: readonly { hashes: readonly string[] }[] }) => grants.flatMap(({ hashes }) => hashes);

  test('those that the server lacks are granted for upload, once each, beside what changes need', async () => {
    const alice = await Device.join(replica.url, 'alice', freshDirectory());
    const [known, lacking, needed] = ['known', 'lacks', 'needs'].map((text) => hash('sha256', text)) as [string, string, string];
    await alice.send({ changes: [alice.put('a.txt', 'known')] });
    const put = alice.put('b.txt', 'needs', { inline: false });
    const answer = await alice.send({ changes: [put], announced: sizes([known, lacking, lacking]) });
    expect(answer.outcomes).toMatchObject([{ status: 'needs_content' }]);
    expect(granted(answer).sort()).toEqual([lacking, needed].sort());
    expect(granted(await alice.send({ changes: [], announced: sizes([known]) }))).toEqual([]);
  });
});

describe('what is decided is kept', () => {
  test('a change id that was answered gets the first answer again', async () => {
    const alice = await Device.join(replica.url, 'alice', freshDirectory());
    const change = alice.put('a.txt', 'one');
    const first = await alice.send({ changes: [change] });
    const again = await alice.send({ changes: [change] });
    expect(again.outcomes).toEqual(first.outcomes);
    expect(again.head).toBe('1');
  });

  test('concurrent edits: one head, one loser, one open conflict (R09)', async () => {
    const directory = freshDirectory();
    const alice = await Device.join(replica.url, 'alice', directory);
    const bob = await Device.join(replica.url, 'bob', directory);
    const base = await alice.commit(alice.put('a.txt', 'base'));
    await alice.commit(alice.put('a.txt', 'alice', { base, mtime: 1_800_000_000_000_000_000n }));
    const answer = await bob.send({ changes: [bob.put('a.txt', 'bob', { base })] });
    expect(answer.outcomes).toMatchObject([{ status: 'lost', version: '3.0', conflict: 'c3.0', head: { version: '2.0' } }]);
    expect(answer.conflicts).toBe(1);
    expect(answer.head).toBe('3');
    expect(answer.commits.map(({ seq, changes }) => [seq, changes.length])).toEqual([
      ['1', 1],
      ['2', 1],
      ['3', 0],
    ]);
  });

  test('a folder moves as one line, and its paths have heads at both ends (R13)', async () => {
    const directory = freshDirectory();
    const alice = await Device.join(replica.url, 'alice', directory);
    const bob = await Device.join(replica.url, 'bob', directory);
    await alice.send({ changes: [alice.put('old/one.txt', 'one'), alice.put('old/deep/two.txt', 'two')] });
    const base = await alice.send({
      changes: [alice.put('old/three.txt', 'three'), alice.move('old', 'new', '1.0'), alice.put('new/four.txt', 'four')],
    });
    expect(base.outcomes.map(({ status }) => status)).toEqual(['committed', 'committed', 'committed']);
    const pulled = await bob.send({ changes: [] });
    expect(pulled.commits[1]?.changes).toMatchObject([
      { op: 'head', path: 'old/three.txt', version: '2.0' },
      { op: 'move', from: 'old', to: 'new', version: '2.1' },
      { op: 'head', path: 'new/four.txt', version: '2.2' },
    ]);
    const edited = await bob.send({
      changes: [bob.put('new/deep/two.txt', 'two!', { base: '2.1' }), bob.put('old/one.txt', 'one!', { base: '2.1' })],
    });
    expect(edited.outcomes).toMatchObject([{ status: 'committed' }, { status: 'committed' }]);
    const snapshot = await alice.post('/api/v1/snapshot', { protocol: 1, ...alice.fields });
    const lines = String(snapshot.body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ seq: '3' });
    expect(lines.slice(1, -1).map(({ path }) => path)).toEqual([
      'new',
      'new/deep',
      'new/deep/two.txt',
      'new/four.txt',
      'new/one.txt',
      'new/three.txt',
      'old',
      'old/one.txt',
    ]);
    expect(lines.at(-1)).toEqual({ end: true, heads: 8 });
  });

  test('a content that the server lacks is asked for, and a grant given (R34)', async () => {
    const alice = await Device.join(replica.url, 'alice', freshDirectory());
    const change = alice.put('a.txt', 'unknown bytes', { inline: false });
    const answer = await alice.send({ changes: [change] });
    expect(answer.outcomes).toMatchObject([{ status: 'needs_content' }]);
    expect(answer.grants).toHaveLength(1);
    const receipt = replica.store.receipt('open', [Buffer.from('unknown bytes')], Date.now());
    const again = await alice.send({ changes: [change], receipts: [receipt] });
    expect(again.outcomes).toMatchObject([{ status: 'committed' }]);
  });
});
