import { appendFileSync, writeFileSync } from 'node:fs';
import { decodeManifest, encodeManifest } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { ServerError } from '../server/server-error.ts';
import { MIB, large, sha256, useTransferWorld, varied } from './fixtures/transfer-world.ts';
import { uploadLarge } from './upload-large.ts';

describe('uploadLarge', () => {
  const world = useTransferWorld();

  it('sends every chunk once, and of an edit only what is new (R65)', async () => {
    const { server, write, upload } = bound();
    const before = large();
    const { chunks } = await write('f', before);
    expect(await upload('f', before)).toEqual({ receipt: `receipt ${sha256(before)}` });
    expect(server.sent.toSorted()).toEqual(chunks.map(({ hash }) => hash).toSorted());
    await world().agreed('f');
    server.sent.length = server.asked.length = 0;
    const after = Buffer.concat([Buffer.from('!'), before]);
    const edited = await write('f', after);
    expect(await upload('f', after)).toEqual({ receipt: `receipt ${sha256(after)}` });
    const fresh = edited.chunks.map(({ hash }) => hash).filter((hash) => !chunks.some((one) => one.hash === hash));
    expect(fresh.length).toBeLessThan(3);
    expect(server.sent).toEqual(fresh);
    // What the base has needs not even be asked about.
    expect(server.asked).toEqual(fresh);
  });

  it('sends a chunk that comes many times once', async () => {
    const { server, write, upload } = bound();
    const bytes = Buffer.concat([Buffer.alloc(5 * MIB), varied(MIB)]);
    await write('f', bytes);
    await upload('f', bytes);
    expect(server.sent.length).toBe(new Set(server.sent).size);
    expect(server.sent.length).toBeLessThan(7);
    expect(server.manifests.has(sha256(bytes))).toBe(true);
  });

  it.each([true, false])('goes on after a cut with what was not taken yet, also when the client restarts: %s (R65)', async (restarts) => {
    const { server, write, upload } = bound();
    const bytes = varied(12 * MIB);
    const { chunks } = await write('f', bytes);
    let uploads = 0;
    server.onUpload = () => {
      uploads += 1;
      if (uploads === 5) throw new ServerError('unreachable', 'cut');
    };
    await expect(upload('f', bytes)).rejects.toThrow('cut');
    // As after a restart, or as the next try of the same client.
    if (restarts) world().parts.uploads.ended(sha256(bytes));
    const taken = server.sent.length;
    expect(taken).toBeGreaterThan(3);
    expect(taken).toBeLessThan(chunks.length);
    expect([...server.claims].toSorted()).toEqual(server.sent.toSorted());
    expect(await upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(server.sent.length).toBe(chunks.length);
    // The same client knows what it has proved.
    expect(server.asked.length).toBe(restarts ? 2 * chunks.length : 2 * chunks.length - taken);
  });

  it.each([
    ['is written on', () => appendFileSync(world().at('f'), 'more')],
    ['is overwritten in place', () => writeFileSync(world().at('f'), varied(12 * MIB, 2))],
  ])('gives up a file that %s while it is sent, and puts nothing together from it (R39)', async (_what, change) => {
    const { server, write } = bound();
    const bytes = varied(12 * MIB);
    await write('f', bytes);
    const file = await world().expected('f');
    server.onUpload = () => {
      server.onUpload = () => undefined;
      change();
    };
    const hash = sha256(bytes);
    expect(await uploadLarge(world().parts, { file, hash, size: bytes.length, grant: `write ${hash}`, grantedAt: 0 })).toBeNull();
    expect(server.manifests.size).toBe(0);
  });

  it('gives up a file that was written through a mapping, under the same stamp (R39)', async () => {
    const { server, write, upload } = bound();
    const bytes = large();
    await write('f', bytes);
    // As if the file had had other bytes when it was read.
    const known = await world().manifest(large(2));
    world().state.manifests.put({ hash: sha256(bytes), manifest: known });
    expect(await upload('f', bytes)).toBeNull();
    const turned = decodeManifest(await world().manifest(bytes));
    for (const { hash } of turned) server.claims.add(hash);
    await world().keepOnServer(bytes);
    world().state.manifests.put({ hash: sha256(bytes), manifest: encodeManifest(turned.toReversed()) });
    expect(await upload('f', bytes)).toBeNull();
  });

  it('reads the file once more where its chunks are not known, and gives up one that is another by now', async () => {
    const { server, write, upload } = bound();
    const bytes = large();
    await write('f', bytes);
    world().state.manifests.prune(new Set());
    expect(await upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    await write('g', large(2));
    world().state.manifests.prune(new Set());
    expect(await upload('g', large(3))).toBeNull();
    expect(server.manifests.size).toBe(1);
  });

  it('sends the content as one to a server that knows no chunks', async () => {
    const { server, write, upload } = bound();
    server.knowsChunks = false;
    const bytes = large();
    await write('f', bytes);
    expect(await upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(server.sent).toEqual([sha256(bytes)]);
  });

  it('sends the content as one where the server has lost a chunk that it counted on', async () => {
    const { server, write, upload } = bound();
    const bytes = large();
    const { chunks } = await write('f', bytes);
    await upload('f', bytes);
    server.contents.delete(chunks[3]!.hash);
    server.manifests.delete(sha256(bytes));
    server.sent.length = 0;
    expect(await upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(server.sent).toEqual([sha256(bytes)]);
  });

  it('renews the grant for the whole before it is sent as one after a long try by chunks', async () => {
    const { server, write, upload } = bound();
    const bytes = large();
    const { chunks } = await write('f', bytes);
    server.onUpload = () => {
      world().ahead += 3 * 60_000;
      server.contents.delete(chunks[0]!.hash);
    };
    const taken = server.port.uploadOne;
    const grants: string[] = [];
    world().parts.server.uploadOne = (grant, ...rest) => {
      grants.push(grant);
      server.onUpload = () => undefined;
      return taken(grant, ...rest);
    };
    expect(await upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(grants).toHaveLength(1);
    expect(server.asked.slice(-2)).toEqual([sha256(bytes), sha256(bytes)]);
  });

  it('asks about all chunks where the server does not have the base any more', async () => {
    const { server, write, upload } = bound();
    const before = large();
    await write('f', before);
    await world().agreed('f');
    const after = Buffer.concat([before, varied(MIB, 7)]);
    const { chunks } = await write('f', after);
    expect(await upload('f', after)).toEqual({ receipt: `receipt ${sha256(after)}` });
    expect(server.sent.toSorted()).toEqual(chunks.map(({ hash }) => hash).toSorted());
  });

  it('proves again what was proved long ago, and renews the grant for the whole', async () => {
    const { server, write, upload } = bound();
    const bytes = varied(12 * MIB);
    const { chunks } = await write('f', bytes);
    server.onUpload = () => {
      world().ahead += 3 * 60_000;
    };
    expect(await upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(server.sent.length).toBe(chunks.length);
    expect(server.asked.length).toBeGreaterThan(chunks.length);
    expect(server.asked.at(-1)).toBe(sha256(bytes));
  });

  it('needs no receipt for what somebody else has brought meanwhile', async () => {
    const { server, write, upload } = bound();
    const bytes = large();
    await write('f', bytes);
    const manifest = await world().manifest(bytes);
    server.onUpload = () => {
      world().ahead += 10 * 60_000;
      server.keep(bytes, manifest);
    };
    expect(await upload('f', bytes)).toEqual({ receipt: null });
  });

  function bound() {
    const { server } = world();
    return { server, write: world().write.bind(world()), upload: world().upload.bind(world()) };
  }
});
