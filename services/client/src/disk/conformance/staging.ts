import { linkSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StagingError } from '../disk.ts';
import { type MakeDisk, collect, act, debris, expectDone, file, path, sha256, stampOf, useWorld } from './world.ts';

const DAY = 86_400;

export function registerStagingTests(make: MakeDisk): void {
  describe('stage and clean', () => {
    const world = useWorld(make);
    const content = Buffer.alloc(700_000, 'some bytes ');
    const hash = sha256(content);
    const staged = { content: { staged: hash } } as const;

    it('fills a file piece by piece, goes on after an interruption, and names it', async () => {
      const { disk, root, at } = world();
      const first = await disk.stage(hash, 1_000);
      expect(first.size).toBe(0);
      await first.write(content.subarray(0, 100));
      await first.write(content.subarray(100, 300_000));
      await first.finish();
      const again = make(root);
      await again.clean();
      const second = await again.stage(hash, 1_000);
      expect(second.size).toBe(300_000);
      expect(sha256(await collect(second.readExisting()))).toBe(sha256(content.subarray(0, 300_000)));
      await second.write(content.subarray(300_000));
      await second.finish();
      await again.close();
      expectDone([await act(disk, file('f', '', { ...staged, executable: true }))]);
      expect(sha256(readFileSync(at('f')))).toBe(hash);
      expect(statSync(at('f')).mode & 0o777).toBe(0o777 & ~process.umask());
      expect(debris(world())).toEqual([]);
    });

    it('names one staged content several times, each a file of its own', async () => {
      const { disk, at } = world();
      const part = await disk.stage(hash, 1_000);
      await part.write(content);
      await part.finish();
      const names = ['a', 'b', 'c'];
      expectDone(await disk.apply(names.map((name) => file(name, '', staged))));
      expect(new Set(names.map((name) => statSync(at(name)).ino)).size).toBe(3);
      expect(names.map((name) => sha256(readFileSync(at(name))))).toEqual([hash, hash, hash]);
      expect(debris(world())).toEqual([]);
    });

    it('keeps what is staged when its place was not free, and says when it is not staged at all', async () => {
      const { disk, at } = world();
      writeFileSync(at('f'), 'other');
      const part = await disk.stage(hash, 1_000);
      await part.write(content);
      await part.finish();
      expect(await act(disk, file('f', '', staged))).toEqual({ status: 'changed' });
      expectDone([await act(disk, file('f', '', { ...staged, expected: await stampOf(disk, 'f') }))]);
      expect(await act(disk, file('g', '', staged))).toMatchObject({ status: 'problem', problem: { code: 'not_staged' } });
    });

    it('keeps long runs of zeros as holes, in the middle and at the end, also over an interruption', async () => {
      const { disk, root, at } = world();
      const zeros = Buffer.alloc(4_000_000);
      const whole = Buffer.concat([content, zeros, content, zeros]);
      const key = sha256(whole);
      const first = await disk.stage(key, whole.length);
      for (const chunk of [content, zeros]) await first.write(chunk);
      await first.finish();
      const again = make(root);
      const second = await again.stage(key, whole.length);
      expect(second.size).toBe(content.length + zeros.length);
      expect(sha256(await collect(second.readExisting()))).toBe(sha256(whole.subarray(0, second.size)));
      for (const chunk of [content, zeros]) await second.write(chunk);
      await second.finish();
      await again.close();
      expectDone([await act(disk, file('f', '', { content: { staged: key } }))]);
      expect(sha256(readFileSync(at('f')))).toBe(key);
      // Windows and macOS decide for themselves.
      if (process.platform === 'linux') expect(statSync(at('f')).blocks * 512).toBeLessThan(3 * content.length);
    });

    it('reads back what is there and what was written since, and goes on behind what it is cut to', async () => {
      const { disk, root, at } = world();
      const whole = Buffer.concat([content, Buffer.alloc(100_000), content]);
      const key = sha256(whole);
      const first = await disk.stage(key, whole.length);
      for (const bytes of [content, Buffer.alloc(100_000)]) await first.write(bytes);
      expect(sha256(await first.read({ start: 600_000, size: 200_000 }))).toBe(sha256(whole.subarray(600_000, 800_000)));
      await first.finish();
      const again = make(root);
      const second = await again.stage(key, whole.length);
      await second.cutTo(650_000);
      await second.write(whole.subarray(650_000, 750_000));
      expect(sha256(await second.read({ start: 0, size: 750_000 }))).toBe(sha256(whole.subarray(0, 750_000)));
      await second.write(whole.subarray(750_000));
      await second.finish();
      await again.close();
      expectDone([await act(disk, file('f', '', { content: { staged: key } }))]);
      expect(sha256(readFileSync(at('f')))).toBe(key);
    });

    it('forgets what is discarded', async () => {
      const { disk } = world();
      const part = await disk.stage(hash, 1_000);
      await part.write(content);
      await part.discard();
      expect(debris(world())).toEqual([]);
    });

    it('takes no file that the disk has no room for, and leaves nothing of it', async () => {
      const { disk } = world();
      const failure = await disk.stage(hash, Number.MAX_SAFE_INTEGER).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StagingError);
      expect(failure).toMatchObject({ problem: { code: 'ENOSPC' } });
      expect(debris(world())).toEqual([]);
    });

    it('says why the staging area cannot be used', async () => {
      const { disk, at } = world();
      writeFileSync(at('.syncpair_staging'), 'a file');
      const failure = await disk.stage(hash, 1_000).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StagingError);
      expect(failure).toMatchObject({ problem: { code: 'not_a_folder' } });
      expect(await act(disk, file('f', 'x'))).toMatchObject({ status: 'problem', problem: { code: 'not_a_folder' } });
    });

    it('cleans debris, and keeps parts of today and bytes that may be the last of their kind', async () => {
      const { disk, at } = world();
      mkdirSync(at('.syncpair_staging'));
      mkdirSync(at('.syncpair_trash'));
      const fresh = sha256('fresh');
      for (const name of ['t-crashed', hash, fresh]) writeFileSync(at(`.syncpair_staging/${name}`), name);
      const now = Date.now() / 1000;
      utimesSync(at(`.syncpair_staging/${hash}`), now, now - 1.1 * DAY);
      utimesSync(at(`.syncpair_staging/${fresh}`), now, now - 0.9 * DAY);
      writeFileSync(at('f'), 'named elsewhere');
      linkSync(at('f'), at('.syncpair_trash/linked'));
      writeFileSync(at('.syncpair_trash/last'), 'the only copy');
      await disk.clean();
      expect(readdirSync(at('.syncpair_staging'))).toEqual([fresh]);
      expect(readdirSync(at('.syncpair_trash'))).toEqual(['last']);
      expect(await disk.stat([path('f')])).toMatchObject([{ kind: 'file' }]);
    });
  });
}
