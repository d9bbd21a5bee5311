import { appendFileSync, writeFileSync } from 'node:fs';
import { type RelativePath, encodeManifest } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { ServerError } from '../server/server-error.ts';
import { ContentError } from './content-error.ts';
import { MIB, large, sha256, useTransferWorld, varied } from './fixtures/transfer-world.ts';

describe('downloadLarge', () => {
  const world = useTransferWorld();

  it('fetches every chunk of a new content in order, one that comes many times once', async () => {
    const { server } = world();
    const bytes = Buffer.concat([varied(3 * MIB), Buffer.alloc(4 * MIB), varied(3 * MIB)]);
    const chunks = await world().keepOnServer(bytes);
    await world().download(bytes);
    expect(server.fetched).toEqual([...new Set(chunks.map(({ hash }) => hash))]);
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
    expect(world().state.manifests.chunks(sha256(bytes))).toEqual(chunks);
  });

  it('takes what it can from the file at the path, whose chunks nobody knows yet (R65)', async () => {
    const { server, state } = world();
    const before = large();
    const after = Buffer.concat([Buffer.from('!'), before]);
    writeFileSync(world().at('f'), before);
    const base = await world().agreed('f');
    expect(state.manifests.chunks(sha256(before))).toBeNull();
    await world().keepOnServer(after);
    await world().download(after, base);
    expect(server.fetched.length).toBeLessThan(3);
    expect(sha256(world().staged(sha256(after))!)).toBe(sha256(after));
  });

  it('takes it from other files too, each chunk from one that has it', async () => {
    const { server } = world();
    const [one, other] = [large(1), large(2)];
    for (const [name, bytes] of [
      ['one', one],
      ['other', other],
    ] as const) {
      await world().write(name, bytes);
      await world().agreed(name);
    }
    const bytes = Buffer.concat([other, varied(MIB, 3), one]);
    const chunks = await world().keepOnServer(bytes);
    await world().download(bytes);
    expect(server.fetched.length).toBeLessThan(chunks.length / 3);
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
  });

  it.each([
    ['was written on', () => appendFileSync(world().at('f'), '!')],
    ['is gone', () => writeFileSync(world().at('f'), '')],
  ])('asks the server for what a file was to give that %s', async (_what, change) => {
    const { server } = world();
    const before = large();
    await world().write('f', before);
    const base = await world().agreed('f');
    const after = Buffer.concat([before, varied(MIB, 3)]);
    const chunks = await world().keepOnServer(after);
    change();
    await world().download(after, base);
    expect(server.fetched).toEqual(chunks.map(({ hash }) => hash));
    expect(sha256(world().staged(sha256(after))!)).toBe(sha256(after));
  });

  it('takes no chunk that is not what it is said to be (R65)', async () => {
    const { server, state } = world();
    const before = large();
    const { chunks } = await world().write('f', before);
    const base = await world().agreed('f');
    // As if the file's bytes had changed under the same stamp.
    const turned = [chunks[1]!, chunks[0]!, ...chunks.slice(2)];
    state.manifests.put({ hash: sha256(before), manifest: encodeManifest(turned) });
    const after = Buffer.concat([before, varied(MIB, 3)]);
    await world().keepOnServer(after);
    await world().download(after, base);
    expect(server.fetched).toContain(chunks[0]!.hash);
    expect(sha256(world().staged(sha256(after))!)).toBe(sha256(after));
  });

  it('goes on after a cut with the chunk at which it was cut (R65)', async () => {
    const { server } = world();
    const bytes = large();
    const chunks = await world().keepOnServer(bytes);
    server.onFetch = (hash) => {
      if (hash === chunks[9]!.hash) throw new ServerError('unreachable', 'cut');
    };
    await expect(world().download(bytes)).rejects.toThrow('cut');
    expect(server.fetched.length).toBe(9);
    server.onFetch = () => undefined;
    await world().download(bytes);
    expect(server.fetched).toEqual(chunks.map(({ hash }) => hash));
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
  });

  it('reads in one stream what gets no further by chunks, from where it was cut (R65)', async () => {
    const { server } = world();
    const bytes = large();
    const chunks = await world().keepOnServer(bytes);
    server.contents.set(sha256(bytes), bytes);
    const cutAt = (place: number): void => {
      server.onFetch = (hash) => {
        if (hash === chunks[place]!.hash) throw new ServerError('unreachable', 'cut');
      };
    };
    for (const place of [3, 3, 3, 6, 6, 6]) {
      cutAt(place);
      await expect(world().download(bytes)).rejects.toThrow('cut');
    }
    // A try that gets some lets it be tried by chunks again.
    expect(server.fetched.length).toBe(6);
    cutAt(6);
    await expect(world().download(bytes)).rejects.toThrow('cut');
    await world().download(bytes);
    expect(server.fetched.length).toBe(6);
    expect(server.streamedFrom).toEqual([chunks.slice(0, 6).reduce((sum, { size }) => sum + size, 0)]);
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
  });

  it.each([
    ['ends inside a chunk', (part: Buffer, end: number) => part.subarray(0, end + 1000), 5],
    [
      'was damaged before its end',
      (part: Buffer, end: number) => Buffer.concat([part.subarray(0, end - 1), Buffer.from('?'), part.subarray(end)]),
      4,
    ],
    ['is longer than the content', (part: Buffer) => Buffer.concat([part, Buffer.from('more')]), null],
  ])('keeps of a part that %s what is whole', async (_what, spoil, kept) => {
    const { server } = world();
    const bytes = large();
    const chunks = await world().keepOnServer(bytes);
    const end = chunks.slice(0, 5).reduce((sum, { size }) => sum + size, 0);
    const part = await world().disk.stage(sha256(bytes), bytes.length);
    await part.write(spoil(bytes, end));
    await part.finish();
    await world().download(bytes);
    expect(server.fetched).toEqual(kept === null ? [] : chunks.slice(kept).map(({ hash }) => hash));
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
  });

  it('throws away what was put together by a manifest of another content (R32)', async () => {
    const { server } = world();
    const [bytes, other] = [large(1), large(2)];
    await world().keepOnServer(other);
    server.manifests.set(sha256(bytes), await world().manifest(other));
    const failure = await world()
      .download(bytes)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContentError);
    expect(world().staged(sha256(bytes))).toBeNull();
    expect(world().state.manifests.chunks(sha256(bytes))).toBeNull();
  });

  it('keeps what came before a chunk that the server does not have', async () => {
    const { server } = world();
    const bytes = large();
    const chunks = await world().keepOnServer(bytes);
    const lost = chunks[6]!;
    const lostBytes = server.contents.get(lost.hash)!;
    server.contents.delete(lost.hash);
    const failure = await world()
      .download(bytes)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContentError);
    server.contents.set(lost.hash, lostBytes);
    server.fetched.length = 0;
    await world().download(bytes);
    expect(server.fetched).toEqual(chunks.slice(6).map(({ hash }) => hash));
  });

  it.each([
    ['has it as one', () => undefined],
    [
      'tells chunks of another size',
      () => world().server.manifests.set(sha256(large()), encodeManifest([{ hash: sha256(large()), size: 5 }])),
    ],
  ])('reads the whole where the server %s', async (_what, prepare) => {
    const { server } = world();
    const bytes = large();
    server.contents.set(sha256(bytes), bytes);
    prepare();
    const part = await world().disk.stage(sha256(bytes), bytes.length);
    await part.write(bytes.subarray(0, MIB));
    await part.finish();
    await world().download(bytes);
    expect(server.fetched).toEqual([]);
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
  });

  it('does not read files that are not on disk', async () => {
    const bytes = large();
    world().state.base.put({ ...(await agreedElsewhere(bytes)), stamp: null, path: 'held' as RelativePath });
    await world().keepOnServer(bytes);
    await world().download(bytes, world().state.base.get('held' as RelativePath));
    expect(sha256(world().staged(sha256(bytes))!)).toBe(sha256(bytes));
  });

  async function agreedElsewhere(bytes: Buffer) {
    await world().write('g', bytes);
    const entry = await world().agreed('g');
    world().state.base.remove('g' as RelativePath);
    return entry;
  }
});
