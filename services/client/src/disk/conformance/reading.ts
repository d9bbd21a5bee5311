import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiskProblem, RootLostError } from '../disk.ts';
import { type MakeDisk, collect, observed, observedFile, path, sha256, useWorld } from './world.ts';

export function registerReadingTests(make: MakeDisk): void {
  describe('hash, read and openRead', () => {
    const world = useWorld(make);

    it('hashes and reads files of every size', async () => {
      const { disk, at } = world();
      const contents = [0, 1, 65_536, 1_048_576, 1_048_577, 3_000_000].map((size) => Buffer.alloc(size, `${size}.`));
      contents.forEach((content, index) => writeFileSync(at(`f${index}`), content));
      const files = await Promise.all(
        contents.map(async (_, i) => ({ path: path(`f${i}`), stamp: (await observed(disk, `f${i}`)).stamp })),
      );
      expect(await disk.hash(files)).toEqual(contents.map(sha256));
      const read = await disk.read(files);
      expect(read.map((bytes) => sha256(bytes as Uint8Array))).toEqual(contents.map(sha256));
    });

    it('tells which objects are others than they were seen to be', async () => {
      const { disk, at, outside } = world();
      for (const name of ['kept', 'grown', 'gone', 'swapped']) writeFileSync(at(name), name);
      symlinkSync('kept', at('link'));
      mkdirSync(at('folder'));
      mkdirSync(at('d'));
      writeFileSync(at('d/f'), '');
      const names = ['kept', 'link', 'folder', 'grown', 'gone', 'swapped', 'd/f'];
      const seen = await Promise.all(names.map(async (name) => ({ path: path(name), stamp: (await observed(disk, name)).stamp })));
      expect(await disk.differ(seen)).toEqual(names.map(() => false));
      appendFileSync(at('grown'), '!');
      rmSync(at('gone'));
      rmSync(at('swapped'));
      mkdirSync(at('swapped'));
      renameSync(at('d'), `${outside}/d`);
      symlinkSync(`${outside}/d`, at('d'));
      expect(await disk.differ(seen)).toEqual([false, false, false, true, true, true, true]);
    });

    it('hashes a sparse file', async () => {
      const { disk, at } = world();
      writeFileSync(at('sparse'), 'x');
      truncateSync(at('sparse'), 50_000_000);
      const { stamp } = await observed(disk, 'sparse');
      expect(await disk.hash([{ path: path('sparse'), stamp }])).toEqual([
        sha256(Buffer.concat([Buffer.from('x'), Buffer.alloc(49_999_999)])),
      ]);
    });

    it('says changed where the stamp is not the expected one, or the object is not a file any more (R39)', async () => {
      const { disk, at, outside } = world();
      for (const name of ['grown', 'gone', 'linked', 'folder', 'kept', 'fifo']) writeFileSync(at(name), name);
      mkdirSync(at('d'));
      writeFileSync(at('d/f'), '');
      const names = ['grown', 'gone', 'linked', 'folder', 'fifo', 'd/f', 'kept'];
      const files = await Promise.all(names.map(async (name) => ({ path: path(name), stamp: (await observed(disk, name)).stamp })));
      appendFileSync(at('grown'), '!');
      for (const name of ['gone', 'linked', 'folder', 'fifo']) rmSync(at(name));
      symlinkSync('kept', at('linked'));
      mkdirSync(at('folder'));
      execFileSync('mkfifo', [at('fifo')]);
      renameSync(at('d'), `${outside}/d`);
      symlinkSync(`${outside}/d`, at('d'));
      const expected = names.map((name) => (name === 'kept' ? sha256('kept') : 'changed'));
      expect(await disk.hash(files)).toEqual(expected);
      expect((await disk.read(files)).map((bytes) => (bytes instanceof Uint8Array ? sha256(bytes) : bytes))).toEqual(expected);
    });

    it.skipIf(process.platform === 'win32')('never waits for a FIFO', async () => {
      const { disk, at } = world();
      execFileSync('mkfifo', [at('fifo')]);
      const { stamp } = await observed(disk, 'fifo');
      expect(await disk.hash([{ path: path('fifo'), stamp }])).toEqual(['changed']);
      expect(await disk.openRead(path('fifo'), 0)).toMatchObject({ code: 'not_a_file' });
    });

    it('streams a file from any position', async () => {
      const { disk, at } = world();
      const content = Buffer.alloc(1_000_000, 'some bytes ');
      writeFileSync(at('f'), content);
      for (const start of [0, 1, 262_144, 999_999, 1_000_000, 2_000_000]) {
        const stream = await disk.openRead(path('f'), start);
        if (stream instanceof DiskProblem) throw new Error(stream.message);
        expect(sha256(await collect(stream))).toBe(sha256(content.subarray(start)));
      }
    });

    it('says why a file cannot be streamed, and follows no link to it', async () => {
      const { disk, at, outside } = world();
      writeFileSync(`${outside}/secret`, 'secret');
      symlinkSync(`${outside}/secret`, at('link'));
      symlinkSync(outside, at('folder'));
      for (const name of ['link', 'folder/secret', 'none']) expect(await disk.openRead(path(name), 0)).toBeInstanceOf(DiskProblem);
    });
  });

  describe('the root', () => {
    const world = useWorld(make);

    it('has an identity that stays', async () => {
      const { disk } = world();
      const identity = await disk.identify();
      expect(identity).toEqual({ device: expect.stringMatching(/^\d+$/) as string, inode: expect.stringMatching(/^\d+$/) as string });
      expect(await disk.identify()).toEqual(identity);
    });

    for (const [what, lose] of [
      ['missing', () => undefined],
      ['a file', (root: string) => writeFileSync(root, '')],
      ['another folder', (root: string) => mkdirSync(root)],
    ] as const) {
      it(`is lost when it is ${what}: every call rejects, nothing counts as absent (R20)`, async () => {
        const { disk, root, base, at } = world();
        writeFileSync(at('f'), '');
        const { stamp } = await observedFile(disk, 'f');
        renameSync(root, `${base}/elsewhere`);
        lose(root);
        const calls = [
          () => disk.identify(),
          () => disk.list([null]),
          () => disk.stat([path('f')]),
          () => disk.differ([{ path: path('f'), stamp }]),
          () => disk.hash([{ path: path('f'), stamp }]),
          () => disk.chunk({ path: path('f'), stamp }),
          () => disk.readParts({ path: path('f'), stamp }, []),
          () => disk.read([{ path: path('f'), stamp }]),
          () => disk.openRead(path('f'), 0),
          () => disk.stage(sha256('x'), 1),
          () => disk.apply([{ op: 'remove', path: path('f'), expected: { stamp } }]),
          () => disk.clean(),
        ];
        for (const call of calls) await expect(call()).rejects.toBeInstanceOf(RootLostError);
        rmSync(root, { recursive: true, force: true });
        renameSync(`${base}/elsewhere`, root);
        expect(await disk.stat([path('f')])).toEqual([expect.objectContaining({ kind: 'file' })]);
      });
    }
  });
}
