import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MTIME, type MakeDisk, act, debris, expectDone, file, observed, observedFile, path, stampOf, useWorld } from './world.ts';

export function registerMovingTests(make: MakeDisk): void {
  describe('apply dir, metadata, remove and rename', () => {
    const world = useWorld(make);

    it('makes folders; one that exists is success; a file in its place goes only when it is the expected one', async () => {
      const { disk, at } = world();
      const dir = (name: string, expected: 'absent' | { stamp: string } = 'absent') => act(disk, { op: 'dir', path: path(name), expected });
      expect(await dir('d')).toEqual({ status: 'done', observed: await observed(disk, 'd') });
      writeFileSync(at('d/f'), 'kept');
      expectDone([await dir('d'), await dir('d', { stamp: 'f.1.1.1.1' })]);
      expect(readFileSync(at('d/f'), 'utf8')).toBe('kept');
      expect(await dir('d/f')).toEqual({ status: 'changed' });
      expect(await dir('d/f', { stamp: 'f.1.1.1.1' })).toEqual({ status: 'changed' });
      expectDone([await dir('d/f', await stampOf(disk, 'd/f'))]);
      expect(statSync(at('d/f')).isDirectory()).toBe(true);
      expect(debris(world())).toEqual([]);
    });

    it('sets mtime and executable bit of what is expected, content untouched', async () => {
      const { disk, at } = world();
      writeFileSync(at('f'), 'content', { mode: 0o640 });
      const metadata = async (name: string, executable: boolean | null, expected = stampOf(disk, name)) =>
        act(disk, { op: 'metadata', path: path(name), expected: await expected, mtime: MTIME, executable });
      const before = await observedFile(disk, 'f');
      expect(await metadata('f', true)).toEqual({ status: 'done', observed: await observed(disk, 'f') });
      expect(await observedFile(disk, 'f')).toMatchObject({ mtime: MTIME, executable: true, inode: before.inode });
      expect(statSync(at('f')).mode & 0o777).toBe(0o750);
      expectDone([await metadata('f', null)]);
      expect(statSync(at('f')).mode & 0o777).toBe(0o750);
      expect(await metadata('f', false, Promise.resolve({ stamp: before.stamp }))).toEqual({ status: 'changed' });
      expect(readFileSync(at('f'), 'utf8')).toBe('content');
      symlinkSync('f', at('link'));
      expectDone([await metadata('link', null)]);
      expect(await observed(disk, 'link')).toMatchObject({ kind: 'link', target: 'f', mtime: MTIME });
    });

    it('removes what is expected and nothing else (R25)', async () => {
      const { disk, at } = world();
      const remove = async (name: string, expected = stampOf(disk, name)) =>
        act(disk, { op: 'remove', path: path(name), expected: await expected });
      writeFileSync(at('f'), '1');
      symlinkSync('f', at('link'));
      mkdirSync(at('full'));
      writeFileSync(at('full/f'), '');
      const before = stampOf(disk, 'f');
      await before;
      writeFileSync(at('f'), '2');
      expect(await remove('f', before)).toEqual({ status: 'changed' });
      expect(await remove('gone', before)).toEqual({ status: 'changed' });
      expect(await remove('gone/below', before)).toEqual({ status: 'changed' });
      expect(await remove('full')).toEqual({ status: 'not_empty' });
      expect(readdirSync(at('full'))).toEqual(['f']);
      expect(await remove('link')).toEqual({ status: 'done', observed: null });
      expect(await remove('f')).toEqual({ status: 'done', observed: null });
      const full = await stampOf(disk, 'full');
      const results = await disk.apply([
        { op: 'remove', path: path('full/f'), expected: await stampOf(disk, 'full/f') },
        { op: 'remove', path: path('full'), expected: full },
      ]);
      expectDone(results);
      expect(readdirSync(at('.')).filter((name) => !name.startsWith('.syncpair'))).toEqual([]);
      expect(debris(world())).toEqual([]);
    });

    it('renames a file, a link and a folder with all in it, to a free name only (R25)', async () => {
      const { disk, at } = world();
      mkdirSync(at('d/deep'), { recursive: true });
      writeFileSync(at('d/deep/f'), 'content');
      symlinkSync('x', at('link'));
      mkdirSync(at('taken'));
      writeFileSync(at('file'), 'file');
      const rename = async (from: string, to: string, expected = stampOf(disk, from)) =>
        act(disk, { op: 'rename', from: path(from), to: path(to), expected: await expected });
      for (const from of ['d', 'file', 'link']) {
        for (const to of ['taken', 'd/deep/f']) expect((await rename(from, to)).status, `${from} to ${to}`).toBe('changed');
      }
      expect(await rename('file', 'new', stampOf(disk, 'link'))).toEqual({ status: 'changed' });
      expect(await rename('none', 'new', stampOf(disk, 'link'))).toEqual({ status: 'changed' });
      expect(await rename('file', 'none/new')).toMatchObject({ status: 'problem', problem: { code: 'ENOENT' } });
      expect(await rename('file', 'd/renamed')).toEqual({ status: 'done', observed: await observed(disk, 'd/renamed') });
      expect(await rename('link', 'd/link')).toEqual({ status: 'done', observed: await observed(disk, 'd/link') });
      expect(await rename('d', 'taken/e')).toEqual({ status: 'done', observed: await observed(disk, 'taken/e') });
      expect(readFileSync(at('taken/e/deep/f'), 'utf8')).toBe('content');
      expect([existsSync(at('d')), existsSync(at('file'))]).toEqual([false, false]);
      expect(debris(world())).toEqual([]);
    });

    it('does not take one of two hard links for the other spelling of the same name', async () => {
      const { disk, at } = world();
      writeFileSync(at('name'), 'content');
      linkSync(at('name'), at('NAME'));
      expect(await act(disk, { op: 'rename', from: path('name'), to: path('NAME'), expected: await stampOf(disk, 'name') })).toEqual({
        status: 'changed',
      });
      expect(existsSync(at('name'))).toBe(true);
    });

    it('finds folders that the same batch renamed, removed and made again', async () => {
      const { disk, at } = world();
      mkdirSync(at('a/in'), { recursive: true });
      const [a, inner] = [await stampOf(disk, 'a'), await stampOf(disk, 'a/in')];
      const results = await disk.apply([
        file('a/in/first', '1'),
        { op: 'rename', from: path('a'), to: path('b'), expected: a },
        { op: 'dir', path: path('a'), expected: 'absent' },
        { op: 'dir', path: path('a/in'), expected: 'absent' },
        file('a/in/second', '2'),
        file('b/in/third', '3'),
        { op: 'dir', path: path('gone'), expected: 'absent' },
        { op: 'remove', path: path('gone'), expected: inner },
        { op: 'dir', path: path('gone'), expected: 'absent' },
        file('gone/fourth', '4'),
      ]);
      expectDone(results);
      expect([readdirSync(at('a/in')), readdirSync(at('b/in')).sort(), readdirSync(at('gone'))]).toEqual([
        ['second'],
        ['first', 'third'],
        ['fourth'],
      ]);
    });
  });
}
