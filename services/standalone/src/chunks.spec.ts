import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ContentHash,
  GRANT_HEADER,
  type OutcomeJson,
  decodeFrames,
  decodeManifest,
  readGrantsResponseSchema,
} from '@syncpair/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChunkedUpload, hashOf } from './testing/chunked-upload.ts';
import { CollectWorld, randomDevice } from './testing/collect-world.ts';

let world: CollectWorld;
beforeAll(async () => {
  world = await CollectWorld.start();
});
afterAll(() => world.close());

const pieces = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(300_000));

/** A device of a directory, by single calls. */
class Client {
  readonly fields;
  readonly uploads: ChunkedUpload;
  #epoch: string | null = null;

  constructor(directory: string, clientId = 'alice', shared = true) {
    this.fields = { client_id: clientId, device: randomDevice(), directory, shared };
    this.uploads = new ChunkedUpload(world.url, this.fields);
  }

  async join(): Promise<this> {
    this.#epoch = ((await this.post('/api/v1/negotiate', this.#request([]))) as { epoch: string }).epoch;
    return this;
  }

  async offer(
    path: string,
    parts: readonly Uint8Array[],
    receipts: readonly string[] = [],
  ): Promise<{ outcome: OutcomeJson; grant: string }> {
    const whole = Buffer.concat(parts);
    const entry = { kind: 'file', hash: hashOf(whole), size: whole.length, mtime: `${Date.now()}000000`, executable: false };
    const change = { op: 'put', id: randomUUID(), path, base: null, entry };
    const answer = (await this.post('/api/v1/negotiate', { ...this.#request([change]), receipts })) as {
      outcomes: [OutcomeJson];
      grants: { grant: string }[];
    };
    return { outcome: answer.outcomes[0], grant: answer.grants[0]?.grant ?? '' };
  }

  async commit(path: string, parts: readonly Uint8Array[]): Promise<{ outcome: OutcomeJson; sent: ContentHash[] }> {
    const { grant } = await this.offer(path, parts);
    const { receipt, shown, sent } = await this.uploads.upload(parts, grant);
    return { outcome: (await this.offer(path, parts, [receipt, ...shown])).outcome, sent };
  }

  async grants(hashes: readonly string[], more: object = {}) {
    return readGrantsResponseSchema.parse(await this.post('/api/v1/grants', { protocol: 1, ...this.fields, hashes, ...more }));
  }

  async read(hash: string, headers: Record<string, string> = {}): Promise<Response> {
    const { grants } = await this.grants([hash]);
    return fetch(`${world.url}/blobs/${hash}`, { headers: { [GRANT_HEADER]: grants[0]?.grant ?? '', ...headers } });
  }

  async post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(world.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  #request(changes: object[]): object {
    return { protocol: 1, ...this.fields, epoch: this.#epoch, cursor: '0', pull: false, changes };
  }
}

it('a content that went up as chunks is one for clients and scripts that know of none', async () => {
  const alice = await new Client('old').join();
  const parts = pieces(5);
  const whole = Buffer.concat(parts);
  expect((await alice.commit('big.bin', parts)).outcome).toMatchObject({ status: 'committed' });
  const bob = await new Client('old', 'bob').join();

  const all = await bob.read(hashOf(whole));
  expect([all.status, hashOf(new Uint8Array(await all.arrayBuffer()))]).toEqual([200, hashOf(whole)]);
  const part = await bob.read(hashOf(whole), { range: 'bytes=299000-601000' });
  expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(299_000, 601_001))).toBe(true);

  const query = new URLSearchParams({ client_id: 'bob', directory: 'old', shared: 'true' });
  const script = await fetch(`${world.url}/download/big.bin?${query}`, { headers: { range: 'bytes=-1000' } });
  expect([script.status, Buffer.from(await script.arrayBuffer()).equals(whole.subarray(-1_000))]).toEqual([206, true]);
});

it('who asks for manifests gets them, and leave to read the chunks', async () => {
  const alice = await new Client('new').join();
  const parts = pieces(4);
  const whole = hashOf(Buffer.concat(parts));
  await alice.commit('big.bin', parts);
  await alice.commit('small.bin', pieces(4));
  const bob = await new Client('new', 'bob').join();
  expect(await bob.grants([whole])).toMatchObject({ manifests: [] });

  const { manifests, grants } = await bob.grants([whole], { manifests: true });
  expect([manifests.map(({ hash }) => hash), grants.length]).toEqual([[whole], 1]);
  const chunks = decodeManifest(Buffer.from(manifests[0]?.manifest as string, 'base64'), 1_200_000);
  expect(chunks).toEqual(parts.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length })));

  const readable = await bob.grants(chunks.map(({ hash }) => hash));
  const fetched = await fetch(`${world.url}/blobs/fetch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grants: readable.grants.map(({ grant }) => grant), hashes: chunks.map(({ hash }) => hash) }),
  });
  const arrived: Uint8Array[] = [];
  for await (const { bytes } of decodeFrames(fetched.body as unknown as AsyncIterable<Uint8Array>)) arrived.push(bytes as Uint8Array);
  expect(hashOf(Buffer.concat(arrived))).toBe(whole);
});

it('only the chunks that the directory lacks are sent, and one that stands in a content twice only once', async () => {
  const alice = await new Client('edits').join();
  const [a, b, c, d] = pieces(4) as [Buffer, Buffer, Buffer, Buffer];
  expect((await alice.commit('v1', [a, b, c, a, d])).sent).toEqual([a, b, c, d].map(hashOf));
  const [e, f] = pieces(2) as [Buffer, Buffer];
  const edited = await alice.commit('v2', [e, a, b, f, d]);
  expect([edited.outcome.status, edited.sent]).toEqual(['committed', [e, f].map(hashOf)]);
  expect(hashOf(new Uint8Array(await (await alice.read(hashOf(Buffer.concat([e, a, b, f, d])))).arrayBuffer()))).toBe(
    hashOf(Buffer.concat([e, a, b, f, d])),
  );
});

it('an upload that was cut goes on with the chunks that are missing', async () => {
  const alice = await new Client('cut').join();
  const parts = pieces(6);
  const hashes = parts.map(hashOf);
  const first = await alice.uploads.ask(hashes);
  expect([first.needed, first.readable]).toEqual([hashes, []]);
  const receipt = await alice.uploads.send(parts.slice(0, 4), first.grants);
  expect(await alice.uploads.ask([], [receipt])).toEqual({ needed: [], grants: [], readable: [] });

  // All that is kept is in the database: another process of the same client asks again, hours later.
  const later = await alice.uploads.ask(hashes);
  expect(later.needed).toEqual(hashes.slice(4));
  expect(later.readable.flatMap(({ hashes: covered }) => covered).toSorted()).toEqual(hashes.slice(0, 4).toSorted());
  const rest = await alice.uploads.send(parts.slice(4), later.grants);
  const { grant } = await alice.offer('cut.bin', parts);
  const tokens = [rest, ...later.readable.map((read) => read.grant)];
  const put = await alice.uploads.finish(parts, grant, tokens);
  const whole = ((await put.json()) as { receipt: string }).receipt;
  expect((await alice.offer('cut.bin', parts, [whole, rest])).outcome.status).toBe('committed');
});

it('a commit finds chunks that were uploaded and whose receipts nobody has shown to metadata', async () => {
  const alice = await new Client('unshown').join();
  const parts = pieces(4);
  const { grant } = await alice.offer('a', parts);
  const { receipt } = await alice.uploads.upload(parts, grant);
  expect((await alice.offer('a', parts, [receipt])).outcome.status).toBe('committed');
  expect(await world.missing()).toEqual([]);
  const rows = await world.database.query('SELECT 1 FROM blob WHERE hash = ANY($1::bytea[]) AND location <> $2 AND size = 300000', [
    parts.map((bytes) => Buffer.from(hashOf(bytes), 'hex')),
    '',
  ]);
  expect(rows).toHaveLength(4);
});

it('I12: knowing the hash of a chunk is not enough: another client sends it, and gets no leave to read it (R34)', async () => {
  const alice = await new Client('secret', 'alice', false).join();
  const mallory = await new Client('own', 'mallory', false).join();
  const parts = pieces(4);
  const hashes = parts.map(hashOf);
  const first = await alice.uploads.ask(hashes);
  await alice.uploads.ask([], [await alice.uploads.send(parts.slice(0, 2), first.grants)]);
  expect((await mallory.uploads.ask(hashes)).needed).toEqual(hashes);
  await alice.commit('secret.bin', parts);
  const asked = await mallory.uploads.ask(hashes);
  expect([asked.needed, asked.readable]).toEqual([hashes, []]);
  expect(await mallory.grants([...hashes, hashOf(Buffer.concat(parts))], { manifests: true })).toMatchObject({ grants: [], manifests: [] });
  // A chunk of a version is no content of its own that a change may name.
  expect((await alice.offer('part.bin', parts.slice(0, 1))).outcome.status).toBe('needs_content');
  // Mallory has the bytes too, and pays with them.
  const { grant } = await mallory.offer('same.bin', parts);
  expect((await mallory.uploads.finish(parts, grant, [])).status).toBe(403);
  expect((await mallory.commit('same.bin', parts)).outcome.status).toBe('committed');
});

it('a claim runs out, and what was claimed is needed again', async () => {
  const alice = await new Client('claims').join();
  const parts = pieces(2);
  const hashes = parts.map(hashOf);
  const receipt = await alice.uploads.send(parts, (await alice.uploads.ask(hashes)).grants);
  expect((await alice.uploads.ask(hashes, [receipt])).needed).toEqual([]);
  const [claim] = await world.database.query<{ days: number; pins: string }>(
    `SELECT extract(epoch FROM max(until) - now()) / 86400 AS days, (SELECT count(*) FROM blob WHERE hash = ANY($1::bytea[])
       AND pinned_until > now() + interval '6 days') AS pins FROM chunk_claim WHERE hash = ANY($1::bytea[])`,
    [hashes.map((hash) => Buffer.from(hash, 'hex'))],
  );
  expect([Math.round(Number(claim?.days)), claim?.pins]).toEqual([7, '2']);
  await world.database.query(`UPDATE chunk_claim SET until = now() - interval '1 second'`);
  expect((await alice.uploads.ask(hashes)).needed).toEqual(hashes);
});

it('a receipt that is no longer good, or somebody else`s text, claims nothing', async () => {
  const alice = await new Client('forged').join();
  const parts = pieces(2);
  const hashes = parts.map(hashOf);
  const receipt = await alice.uploads.send(parts, (await alice.uploads.ask(hashes)).grants);
  expect((await alice.uploads.ask(hashes, ['nonsense', `${receipt.slice(0, -6)}AAAAAA`])).needed).toEqual(hashes);
});

it('a directory that nobody has negotiated has no chunks', async () => {
  await expect(new Client('nowhere').uploads.ask([])).rejects.toThrow(/answered 404/);
});
