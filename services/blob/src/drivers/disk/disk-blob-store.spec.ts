import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ContentHash } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlobStore, SmallBlob, StoredBlob } from '../../blobs/blob-store.ts';
import { registerManyBlobsTests } from '../../blobs/many-blobs.conformance.ts';
import { hashOf, registerBlobStoreTests, small } from '../../blobs/blob-store.conformance.ts';
import { Folder } from './folder.ts';
import { openDiskBlobStore } from './open-disk-blob-store.ts';

const newFolder = async (): Promise<string> => realpath(await mkdtemp(join(tmpdir(), 'blob-disk-')));
const fileOf = (folder: string, hash: string): string => join(folder, 'objects', hash.slice(0, 2), hash);

async function* sequence(blobs: readonly SmallBlob[]): AsyncGenerator<SmallBlob> {
  yield* blobs;
}

for (const [name, packLimits] of [
  ['the disk store', undefined],
  ['the disk store with tiny packs', { bytes: 500, records: 3 }],
] as const) {
  for (const register of [registerBlobStoreTests, registerManyBlobsTests])
    register(name, async () => {
      const folder = await newFolder();
      const options = packLimits === undefined ? {} : { packLimits };
      let current = await openDiskBlobStore(folder, options);
      return {
        store: current,
        reopen: async () => {
          const before = current;
          current = await openDiskBlobStore(folder, options);
          await before.close();
          return current;
        },
        truncate: (hash, bytes) => truncate(fileOf(folder, hash), bytes),
        dispose: async () => {
          await current.close();
          await rm(folder, { recursive: true });
        },
      };
    });
}

describe('the disk store', () => {
  let folder: string;
  let store: BlobStore;
  beforeEach(async () => {
    folder = await newFolder();
    store = await openDiskBlobStore(folder);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const put = (text: string): Promise<{ hash: string; location: string }> =>
    store.put({ hash: hashOf(Buffer.from(text)), maxBytes: 1000 }, Readable.from([Buffer.from(text)]));
  const textOf = async (text: string, from = store): Promise<string | null> => {
    const opened = await from.open({ hash: hashOf(Buffer.from(text)) });
    return opened && Buffer.concat(await opened.body.toArray()).toString();
  };

  it('looks for chunks once, and again when their pack is gone', async () => {
    const contents = Array.from({ length: 6 }, (_, index) => Buffer.alloc(70_000, index));
    const refs = contents.map((bytes) => ({ hash: hashOf(bytes) }));
    await store.close();
    store = await openDiskBlobStore(folder, { packLimits: { bytes: 100_000, records: 2 } });
    for (const bytes of contents) await store.putMany(sequence([{ hash: hashOf(bytes), bytes }]));
    const looks = vi.spyOn(Folder.prototype, 'read');
    try {
      const told = await store.statMany(refs);
      expect(told.map((one) => one?.size)).toEqual(contents.map(({ length }) => length));
      // They were put by this process.
      expect(looks).not.toHaveBeenCalled();
      await store.close();
      store = await openDiskBlobStore(folder);
      expect(await store.statMany(refs)).toEqual(told);
      expect(looks).toHaveBeenCalled();
      looks.mockClear();
      expect(await store.statMany(refs)).toEqual(told);
      expect(looks).not.toHaveBeenCalled();
      const moved = await store.putMany(sequence([{ hash: refs[0]?.hash as ContentHash, bytes: contents[0] as Buffer }]));
      await store.removeVolume(told[0]?.location.split(':')[1] as string);
      await store.removeVolume(told[3]?.location.split(':')[1] as string);
      const gone = await store.statMany(refs);
      expect([gone[0], gone[3]]).toEqual([moved[0], null]);
    } finally {
      looks.mockRestore();
    }
  });

  it('names files by hash, and lets nobody else read them', async () => {
    const { hash } = await put('text');
    await store.createObject('secret', Buffer.from('x'));
    await store.putMany(sequence([small('packed')]));
    expect((await stat(fileOf(folder, hash))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'own', 'secret'))).mode & 0o777).toBe(0o600);
    for (const name of await readdir(join(folder, 'packs'))) expect((await stat(join(folder, 'packs', name))).mode & 0o777).toBe(0o600);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  it('I11: leaves young temporary files to their writers and sweeps those of killed processes', async () => {
    const [young, old] = [join(folder, 'tmp', 'young'), join(folder, 'tmp', 'old')];
    await writeFile(young, 'half');
    await writeFile(old, 'half');
    await utimes(old, 0, 0);
    await (await openDiskBlobStore(folder)).close();
    expect(await readdir(join(folder, 'tmp'))).toEqual(['young']);
  });

  it('refuses a shard that is a link, and never writes through it [SEC-09]', async () => {
    const outside = await newFolder();
    const hash = hashOf(Buffer.from('text'));
    const shard = join(folder, 'objects', hash.slice(0, 2));
    await rm(shard, { recursive: true, force: true });
    await symlink(outside, shard);
    await expect(put('text')).rejects.toThrow(/is a link/);
    await expect(store.open({ hash })).rejects.toThrow(/is a link/);
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
    await rm(outside, { recursive: true });
  });

  it('goes on in its own folders when one is exchanged for a link meanwhile [SEC-09]', async () => {
    const outside = await newFolder();
    for (const name of ['objects', 'packs', 'tmp']) {
      await rename(join(folder, name), join(folder, `${name}-moved`));
      await symlink(outside, join(folder, name));
    }
    const { hash } = await put('text');
    await store.putMany(sequence([small('packed')]));
    expect(await readdir(outside)).toEqual([]);
    expect(await readFile(fileOf(folder, hash).replace('objects', 'objects-moved'), 'utf8')).toBe('text');
    await expect(openDiskBlobStore(folder)).rejects.toThrow(/is a link/);
    await rm(outside, { recursive: true });
  });

  it('reads no file outside, whatever stands under the name of a content [SEC-09]', async () => {
    const hash = hashOf(Buffer.from('text'));
    await writeFile(join(folder, 'outside'), 'text');
    await mkdir(join(folder, 'objects', hash.slice(0, 2)));
    await symlink(join(folder, 'outside'), fileOf(folder, hash));
    expect(await store.open({ hash })).toBe(null);
    expect(await store.open({ hash, location: 'loose:4' })).toBe(null);
    expect(await store.stat({ hash })).toBe(null);
    await symlink(join(folder, 'outside'), join(folder, 'own', 'key'));
    expect(await store.readObject('key')).toBe(null);
    await put('text');
    expect((await stat(fileOf(folder, hash))).nlink).toBe(1);
    expect(await textOf('text')).toBe('text');
    await mkdir(fileOf(folder, hashOf(Buffer.from('folder'))), { recursive: true });
    expect(await textOf('folder')).toBe(null);
  });

  it('takes a storage folder that is itself a link [SEC-09]', async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    const other = await openDiskBlobStore(link);
    await put('text');
    expect(await textOf('text', other)).toBe('text');
    await other.close();
    await rm(link);
  });

  describe('with a pack that was being written when its process was killed', () => {
    const named = ['first', 'second', 'third'];
    let pack: string;
    let stored: StoredBlob[];
    beforeEach(async () => {
      stored = await store.putMany(sequence(named.map(small)));
      const [name] = (await readdir(join(folder, 'packs'))).filter((file) => file.endsWith('.pack'));
      pack = join(folder, 'packs', name as string);
    });
    const listed = async (): Promise<string[]> => {
      const other = await openDiskBlobStore(folder);
      const hashes: string[] = [];
      for await (const { hash } of other.list()) hashes.push(hash);
      await other.close();
      return hashes;
    };

    it.each([
      ['half a header', async () => appendFile(pack, (await readFile(pack)).subarray(8, 30))],
      ['zeros', async () => appendFile(pack, Buffer.alloc(5000))],
      ['a header without its content', async () => appendFile(pack, (await readFile(pack)).subarray(8, 8 + 44 + 2))],
    ])('serves what was named and ignores %s at the end', async (_, damage) => {
      await damage();
      expect(await listed()).toEqual(named.map((text) => small(text).hash));
      for (const text of named) expect(await textOf(text)).toBe(text);
    });

    it('never serves a content whose bytes are not its own', async () => {
      const bytes = await readFile(pack);
      bytes.fill(0, bytes.length - 2);
      await writeFile(pack, bytes);
      const contents: (string | undefined)[] = [];
      for await (const content of store.readMany([...stored, { hash: small('third').hash }], 100)) contents.push(content?.toString());
      expect(contents).toEqual(['first', 'second', undefined, undefined]);
      expect(await store.open(stored[2] as StoredBlob)).toBe(null);
      expect(await textOf('third')).toBe(null);
      expect(await textOf('second')).toBe('second');
    });

    it('begins another pack, and finds contents in both', async () => {
      const other = await openDiskBlobStore(folder);
      await other.putMany(sequence([small('later')]));
      expect(await textOf('later', other)).toBe('later');
      expect(await textOf('first', other)).toBe('first');
      await other.close();
      expect((await readdir(join(folder, 'packs'))).filter((name) => name.endsWith('.pack'))).toHaveLength(2);
    });

    it('finds by the headers when an index is damaged', async () => {
      await store.close();
      const index = pack.replace('.pack', '.idx');
      await writeFile(index, 'nonsense');
      store = await openDiskBlobStore(folder);
      expect(await textOf('second')).toBe('second');
      expect(await listed()).toHaveLength(3);
    });
  });

  const unshare = spawnSync('unshare', ['-rm', 'true']).status === 0;
  it.skipIf(!unshare)('CRA-06: on a full disk, stores nothing half, goes on reading, and recovers alone', () => {
    const script = join(import.meta.dirname, 'full-disk.scenario.ts');
    const command = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" "$3" "$1"';
    const output = execFileSync('unshare', ['-rm', 'sh', '-c', command, 'sh', folder, process.execPath, script], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      large: 'out_of_space',
      many: 'out_of_space',
      temporary: [],
      before: 'before',
      packedBefore: 'packed before',
      afterwards: 'stored',
      packedAfterwards: 'stored',
      contents: 4,
    });
  });
});
