import { appendFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkerDisk } from '../disk/worker-disk.ts';
import { ServerError } from '../server/server-error.ts';
import { MIB, sha256, useTransferWorld, varied } from './fixtures/transfer-world.ts';
import { sendWhileRead } from './send-while-read.ts';

describe('sendWhileRead', () => {
  const world = useTransferWorld();
  const size = 40 * MIB;

  // A disk with a thread of its own, which answers by turns those who read and those who send.
  let disk: WorkerDisk;
  beforeEach(() => {
    disk = new WorkerDisk(world().root);
    Object.assign(world().parts, { disk });
  });
  afterEach(() => disk.close());

  /** Writes a file, and sends of it while it is read. */
  async function read(name: string, bytes: Uint8Array) {
    writeFileSync(world().at(name), bytes);
    const sending: Promise<boolean>[] = [];
    const hash = await world().hash(name, bytes.length, () => sending.push(begin()));
    await Promise.all(sending);
    return { hash, sending };
  }

  function begin(): Promise<boolean> {
    const { uploads } = world().parts;
    return uploads.reading === null ? Promise.resolve(false) : sendWhileRead(world().parts, uploads.reading);
  }

  it('sends chunks before the hash of the whole is known, and none of them again after that (R65)', async () => {
    const { server, state } = world();
    const bytes = varied(size);
    expect((await read('f', bytes)).hash).toBe(sha256(bytes));
    const chunks = state.manifests.chunks(sha256(bytes)) ?? [];
    const early = server.sent.length;
    expect(early).toBeGreaterThan(0);
    expect(server.manifests.size).toBe(0);
    expect(await world().upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(server.sent.toSorted()).toEqual([...new Set(chunks.map(({ hash }) => hash))].toSorted());
    expect(server.manifests.has(sha256(bytes))).toBe(true);
  });

  it('waits at the end for what is still on its way, and sends it no second time', async () => {
    const { server } = world();
    const bytes = varied(size);
    const arrives = Promise.withResolvers<null>();
    const upload = server.port.uploadMany;
    world().parts.server.uploadMany = async (...request) => {
      await arrives.promise;
      return upload(...request);
    };
    writeFileSync(world().at('f'), bytes);
    const sending: Promise<boolean>[] = [];
    await world().hash('f', size, () => sending.push(begin()));
    const uploaded = world().upload('f', bytes);
    arrives.resolve(null);
    expect(await uploaded).toEqual({ receipt: `receipt ${sha256(bytes)}` });
    expect(await Promise.all(sending)).toEqual([true]);
    expect(server.sent.length).toBe(new Set(server.sent).size);
  });

  it('ends with a file that changes while it is read, of which nothing is put together (R39)', async () => {
    const { server } = world();
    server.onUpload = () => {
      server.onUpload = () => undefined;
      appendFileSync(world().at('f'), 'more');
    };
    const { hash, sending } = await read('f', varied(size));
    expect(hash).toBe('changed');
    expect(await Promise.all(sending)).toEqual([true]);
    expect(world().parts.uploads.reading).toBeNull();
    expect(server.manifests.size).toBe(0);
    const after = Buffer.concat([varied(size), Buffer.from('more')]);
    const sent = server.sent.length;
    expect(
      await world().hash('f', after.length, () => {
        // Who knows whether it rests now.
        expect(world().parts.uploads.reading).toBeNull();
      }),
    ).toBe(sha256(after));
    expect(server.sent.length).toBe(sent);
    expect(await world().upload('f', after)).toEqual({ receipt: `receipt ${sha256(after)}` });
    // What was sent of the file as it was serves the one that it became.
    expect(server.sent.length).toBe(new Set(server.sent).size);
  });

  it('does not even ask about what the content at the path has', async () => {
    const { server } = world();
    const before = varied(size);
    await read('f', before);
    await world().upload('f', before);
    await world().agreed('f');
    server.sent.length = server.asked.length = 0;
    const after = Buffer.concat([Buffer.from('!'), before]);
    await read('f', after);
    expect(server.sent.length).toBeLessThan(3);
    expect(await world().upload('f', after)).toEqual({ receipt: `receipt ${sha256(after)}` });
    expect(server.sent.length).toBeLessThan(3);
    expect(server.asked).toEqual(server.sent);
  });

  it.each([
    ['a cut', () => ({ onUpload: cut })],
    ['a server that knows no chunks', () => ({ knowsChunks: false })],
  ])('leaves %s to the upload', async (_what, change) => {
    const { server } = world();
    const bytes = varied(size);
    Object.assign(server, change());
    const { hash, sending } = await read('f', bytes);
    expect(hash).toBe(sha256(bytes));
    expect(await Promise.all(sending)).toEqual([true]);
    expect(server.sent).toEqual([]);
    server.onUpload = () => undefined;
    expect(await world().upload('f', bytes)).toEqual({ receipt: `receipt ${sha256(bytes)}` });
  });

  it('is done by one alone, and not after the reading', async () => {
    const bytes = varied(size);
    writeFileSync(world().at('f'), bytes);
    const sending: Promise<boolean>[] = [];
    const { uploads } = world().parts;
    let late: (() => Promise<boolean>) | null = null;
    await world().hash('f', size, () => {
      const { reading } = uploads;
      if (reading !== null) late = () => sendWhileRead(world().parts, reading);
      sending.push(begin(), begin());
    });
    expect(await Promise.all(sending)).toEqual([true, false]);
    expect(await (late as (() => Promise<boolean>) | null)?.()).toBe(false);
  });
});

function cut(): never {
  throw new ServerError('unreachable', 'cut');
}
