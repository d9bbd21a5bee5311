import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MTIME, type MakeDisk, act, debris, expectDone, file, observed, observedFile, path, sha256, stampOf, useWorld } from './world.ts';

export function registerPuttingTests(make: MakeDisk): void {
  describe('apply file and link', () => {
    const world = useWorld(make);

    it('makes a file with its bytes, mtime and executable bit, and tells what lies there now', async () => {
      const { disk, at } = world();
      const result = await act(disk, file('f', 'hello', { executable: true, mtime: -5_000_000_000n }));
      expect(result).toEqual({ status: 'done', observed: await observed(disk, 'f') });
      expect(await observedFile(disk, 'f')).toMatchObject({ size: 5, executable: true, mtime: -5_000_000_000n });
      expect(readFileSync(at('f'), 'utf8')).toBe('hello');
      expect(debris(world())).toEqual([]);
    });

    it('sets an mtime to the nearest that Node can', async () => {
      const { disk } = world();
      for (const mtime of [1_700_000_000_123_456_789n, 1_700_000_000_000_000_001n, 0n, 4_102_444_800_999_999_999n]) {
        await act(disk, { ...file('f', ''), path: path(`f${mtime}`), mtime } as never);
        const difference = (await observedFile(disk, `f${mtime}`)).mtime - mtime;
        expect(difference < 300n && difference > -300n).toBe(true);
      }
    });

    it('gives a new file the permissions of the umask, and keeps those of a replaced one but for the executable bit', async () => {
      const { disk, at } = world();
      const permissions = (name: string): number => statSync(at(name)).mode & 0o7777;
      const previous = process.umask();
      await act(disk, file('plain', '1'));
      await act(disk, file('program', '1', { executable: true }));
      expect(permissions('plain')).toBe(0o666 & ~previous);
      expect(permissions('program')).toBe(0o777 & ~previous);
      for (const [before, executable, after] of [
        [0o600, false, 0o600],
        [0o640, true, 0o750],
        [0o755, false, 0o644],
        [0o700, true, 0o700],
        [0o444, false, 0o444],
        [0o4755, true, 0o755],
      ] as const) {
        writeFileSync(at('f'), '1');
        chmodSync(at('f'), before);
        expectDone([await act(disk, file('f', '2', { expected: await stampOf(disk, 'f'), executable }))]);
        expect(permissions('f').toString(8)).toBe(after.toString(8));
        chmodSync(at('f'), 0o644);
      }
    });

    it('replaces what is expected and nothing else (R25)', async () => {
      const { disk, at } = world();
      writeFileSync(at('f'), 'old');
      const before = await stampOf(disk, 'f');
      writeFileSync(at('f'), 'newer');
      expect(await act(disk, file('f', 'mine', { expected: before }))).toEqual({ status: 'changed' });
      expect(await act(disk, file('f', 'mine'))).toEqual({ status: 'changed' });
      expect(await act(disk, file('none', 'mine', { expected: before }))).toEqual({ status: 'changed' });
      expect(await act(disk, file('none/f', 'mine', { expected: before }))).toEqual({ status: 'changed' });
      expect(readFileSync(at('f'), 'utf8')).toBe('newer');
      expectDone([await act(disk, file('f', 'mine', { expected: await stampOf(disk, 'f') }))]);
      expect(readFileSync(at('f'), 'utf8')).toBe('mine');
      expect(debris(world())).toEqual([]);
    });

    it('replaces a link by a file without touching its target, and a file by a link', async () => {
      const { disk, at, outside } = world();
      writeFileSync(`${outside}/target`, 'kept');
      symlinkSync(`${outside}/target`, at('x'));
      expectDone([await act(disk, file('x', 'mine', { expected: await stampOf(disk, 'x') }))]);
      expect(lstatSync(at('x')).isFile()).toBe(true);
      expectDone([await act(disk, { op: 'link', path: path('x'), expected: await stampOf(disk, 'x'), target: 'a\nb', mtime: MTIME })]);
      expect(readlinkSync(at('x'))).toBe('a\nb');
      expect(await observed(disk, 'x')).toMatchObject({ kind: 'link', mtime: MTIME });
      expect(await act(disk, { op: 'link', path: path('x'), expected: 'absent', target: 'no', mtime: MTIME })).toEqual({
        status: 'changed',
      });
      expect(readFileSync(`${outside}/target`, 'utf8')).toBe('kept');
      expect(debris(world())).toEqual([]);
    });

    it('replaces an empty folder, and never a full one (R08)', async () => {
      const { disk, at } = world();
      mkdirSync(at('empty'));
      mkdirSync(at('full'));
      writeFileSync(at('full/f'), '');
      expect(await act(disk, file('full', 'mine', { expected: await stampOf(disk, 'full') }))).toEqual({ status: 'not_empty' });
      expectDone([await act(disk, file('empty', 'mine', { expected: await stampOf(disk, 'empty') }))]);
      expect(readFileSync(at('empty'), 'utf8')).toBe('mine');
    });

    it('leaves a reader that has opened a file the whole of what it opened (R27)', async () => {
      const { disk, at } = world();
      writeFileSync(at('f'), 'old'.repeat(50_000));
      const reader = openSync(at('f'), 'r');
      const start = Buffer.alloc(30_000);
      readSync(reader, start);
      expect((await act(disk, file('f', 'new'.repeat(50_000), { expected: await stampOf(disk, 'f') }))).status).toBe('done');
      expect(start.toString() + readFileSync(reader, 'utf8')).toBe('old'.repeat(50_000));
      closeSync(reader);
      expect(readFileSync(at('f'), 'utf8')).toBe('new'.repeat(50_000));
    });

    it('leaves the other names of a replaced file alone', async () => {
      const { disk, at } = world();
      writeFileSync(at('f1'), 'shared');
      linkSync(at('f1'), at('f2'));
      expectDone([await act(disk, file('f1', 'mine', { expected: await stampOf(disk, 'f1') }))]);
      expect([readFileSync(at('f1'), 'utf8'), readFileSync(at('f2'), 'utf8')]).toEqual(['mine', 'shared']);
    });

    it('copies from a file that is still the expected one, and from no other', async () => {
      const { disk, at } = world();
      writeFileSync(at('source'), 'content');
      const copyOf = { path: path('source'), stamp: (await observed(disk, 'source')).stamp };
      expectDone([await act(disk, file('copy', '', { content: { copyOf, hash: sha256('content') } }))]);
      expect(readFileSync(at('copy'), 'utf8')).toBe('content');
      expect(statSync(at('copy')).ino).not.toBe(statSync(at('source')).ino);
      const wrong = await act(disk, file('other', '', { content: { copyOf, hash: sha256('something else') } }));
      writeFileSync(at('source'), 'changed');
      const late = await act(disk, file('other', '', { content: { copyOf, hash: sha256('content') } }));
      for (const result of [wrong, late]) expect(result).toMatchObject({ status: 'problem', problem: { code: 'source_changed' } });
      expect(debris(world())).toEqual([]);
    });

    it('carries out a batch in its order, and goes on after a failure', async () => {
      const { disk, at } = world();
      writeFileSync(at('file'), '');
      const results = await disk.apply([
        { op: 'dir', path: path('a'), expected: 'absent' },
        { op: 'dir', path: path('a/b'), expected: 'absent' },
        file('a/b/f', 'one'),
        file('missing/f', 'two'),
        file('file/f', 'three'),
        { op: 'rename', from: path('a/b'), to: path('c'), expected: { stamp: 'd.0' } },
        file('last', 'four'),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'problem', 'problem', 'changed', 'done']);
      expect(results[3]).toMatchObject({ problem: { code: 'ENOENT' } });
      expect(results[4]).toMatchObject({ problem: { code: 'not_a_folder' } });
      expect(readFileSync(at('a/b/f'), 'utf8')).toBe('one');
      expect(debris(world())).toEqual([]);
    });

    it('carries out hundreds of actions over many folders at once', async () => {
      const { disk, at } = world();
      const folders = Array.from({ length: 60 }, (_, index) => `d${index}`);
      expectDone(await disk.apply(folders.map((name) => ({ op: 'dir', path: path(name), expected: 'absent' }))));
      const names = folders.flatMap((folder) => Array.from({ length: 5 }, (_, index) => `${folder}/f${index}`));
      const made = await disk.apply(names.map((name) => file(name, name)));
      expectDone(made);
      const stamps = made.map((result) => ({ stamp: result.status === 'done' ? (result.observed?.stamp ?? '') : '' }));
      expectDone(await disk.apply(names.map((name, index) => file(name, `${name}!`, { expected: stamps[index] as { stamp: string } }))));
      expect(names.map((name) => readFileSync(at(name), 'utf8'))).toEqual(names.map((name) => `${name}!`));
      expect(debris(world())).toEqual([]);
    });
  });
}
