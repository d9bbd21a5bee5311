import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { DiskProblem } from '../disk.ts';
import { type MakeDisk, listing, observed, observedFile, path, useWorld } from './world.ts';

export function registerListingTests(make: MakeDisk): void {
  describe('list and stat', () => {
    const world = useWorld(make);

    it('tells every name of a folder with what it is', async () => {
      const { disk, at } = world();
      mkdirSync(at('dir'));
      writeFileSync(at('file'), 'abc', { mode: 0o755 });
      symlinkSync('no/where', at('link'));
      const { entries, refused } = await listing(disk, null);
      const kinds = Object.fromEntries(entries.map((entry) => [entry.path, entry.observed]));
      expect(kinds).toMatchObject({
        dir: { kind: 'dir', otherFileSystem: false },
        file: { kind: 'file', size: 3, executable: true },
        link: { kind: 'link', target: 'no/where' },
      });
      expect(refused).toEqual([]);
      expect(await disk.stat([path('dir'), path('file'), path('link')])).toEqual([kinds['dir'], kinds['file'], kinds['link']]);
    });

    it('leaves out its own names at the root only (R38)', async () => {
      const { disk, at } = world();
      mkdirSync(at('sub'));
      for (const name of ['.syncpair_state.db', '.syncpairignore', 'sub/.syncpair_state.db']) writeFileSync(at(name), '');
      expect((await listing(disk, null)).entries.map((entry) => entry.path).sort()).toEqual(['.syncpairignore', 'sub']);
      expect((await listing(disk, 'sub')).entries.map((entry) => entry.path)).toEqual(['sub/.syncpair_state.db']);
    });

    it('tells names with line feeds, quotes, emoji and 255 bytes exactly (R31)', async () => {
      const { disk, at } = world();
      const names = [
        'a\nb',
        `"'\``,
        '-rf',
        ' ',
        '😀',
        '\u202Ex',
        'e\u0301',
        '\u00e9',
        '�',
        'n'.repeat(255),
        'ü'.repeat(127),
        '%2e%2e',
        'CON',
        'a:b',
      ];
      for (const name of names) writeFileSync(at(name), name);
      expect((await listing(disk, null)).entries.map((entry) => entry.path).sort()).toEqual([...names].sort());
    });

    it.skipIf(process.platform !== 'linux')('refuses names that are no UTF-8, or hold a backslash, and tells the rest (R31)', async () => {
      const { disk, root, at } = world();
      writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff, 0x0a])]), '');
      writeFileSync(at('back\\slash'), '');
      writeFileSync(at('good'), '');
      const { entries, refused } = await listing(disk, null);
      expect(entries.map((entry) => entry.path)).toEqual(['good']);
      expect([...refused].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        { name: 'back\\slash', reason: expect.stringContaining('backslash') as string },
        { name: 'bad\\xff\\x0a', reason: expect.stringContaining('UTF-8') as string },
      ]);
    });

    it.skipIf(process.platform === 'win32')('tells sockets and FIFOs as special, without opening them', async () => {
      const { disk, at } = world();
      execFileSync('mkfifo', [at('fifo')]);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
      expect(await observed(disk, 'fifo')).toMatchObject({ kind: 'special', what: 'FIFO' });
      expect(await observed(disk, 'socket')).toMatchObject({ kind: 'special', what: 'socket' });
      server.close();
    });

    it('tells null only where there is certainly nothing (R20)', async () => {
      const { disk, at, outside } = world();
      writeFileSync(at('file'), '');
      writeFileSync(`${outside}/f`, '');
      symlinkSync(outside, at('link'));
      const nothing = ['none', 'none/below', 'file/below', 'link/f', 'x'.repeat(255)].map(path);
      expect(await disk.stat(nothing)).toEqual(nothing.map(() => null));
    });

    it('tells of the first of several folders in any case, and of the others while they hold few names', async () => {
      const { disk, at } = world();
      for (const folder of ['wide', 'one', 'two']) mkdirSync(at(folder));
      for (let n = 0; n < 2_500; n += 1) writeFileSync(at(`wide/${n}`), '');
      writeFileSync(at('one/f'), '');
      const counts = async (...folders: string[]) =>
        (await disk.list(folders.map(path))).map((listed) => (listed instanceof DiskProblem ? listed.code : listed.entries.length));
      expect(await counts('one', 'two', 'none', 'one')).toEqual([1, 0, 'ENOENT', 1]);
      const some = await counts('wide', 'one', 'two');
      expect(some).toEqual([2_500, 1, 0].slice(0, some.length));
      expect(some).not.toEqual([]);
    });

    it('says why a folder cannot be listed (R21)', async () => {
      const { disk, at, outside } = world();
      writeFileSync(at('file'), '');
      symlinkSync(outside, at('link'));
      expect(await disk.list([path('none'), path('file'), path('link')])).toMatchObject([
        { code: 'ENOENT' },
        { code: 'not_a_folder' },
        { code: 'not_a_folder' },
      ]);
      expect((await disk.list([path('none')]))[0]).toBeInstanceOf(DiskProblem);
    });

    it('gives a stamp that changes with content, time, mode, links and identity, and with nothing else', async () => {
      const { disk, at } = world();
      mkdirSync(at('dir'));
      writeFileSync(at('f'), 'one');
      const stamps = [(await observedFile(disk, 'f')).stamp];
      const changes = [
        () => writeFileSync(at('f'), 'two'),
        () => execFileSync('touch', ['-d', '2001-01-01', at('f')]),
        () => execFileSync('chmod', ['+x', at('f')]),
        () => linkSync(at('f'), at('second')),
        () => execFileSync('sh', ['-c', 'cp -p "$1" "$1.new" && mv "$1.new" "$1"', 'sh', at('f')]),
      ];
      for (const change of changes) {
        expect((await observedFile(disk, 'f')).stamp).toBe(stamps.at(-1));
        change();
        stamps.push((await observedFile(disk, 'f')).stamp);
      }
      expect(new Set(stamps).size).toBe(stamps.length);
      const folder = (await observed(disk, 'dir')).stamp;
      writeFileSync(at('dir/child'), '');
      expect((await observed(disk, 'dir')).stamp).toBe(folder);
      rmSync(at('dir'), { recursive: true });
      expect(await disk.stat([path('dir')])).toEqual([null]);
    });
  });
}
