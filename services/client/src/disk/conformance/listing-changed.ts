import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KnownFolder, Listing } from '../disk.ts';
import { type MakeDisk, listing, path, useWorld } from './world.ts';

/** What a listing tells, as `KnownFolder` has it. */
function knownOf({ entries }: Listing): string {
  const named = entries.map(({ path: at, observed: { stamp } }) => ({ name: Buffer.from(at.split('/').at(-1) as string), stamp }));
  return named
    .sort((one, other) => one.name.compare(other.name))
    .map(({ name, stamp }) => `${stamp}/${name.toString()}/`)
    .join('');
}

export function registerListingChangedTests(make: MakeDisk): void {
  describe('listChanged', () => {
    const world = useWorld(make);

    /** Fills a folder `d` with one object of each kind; gives what is known of it then. */
    async function fill(): Promise<KnownFolder> {
      const { disk, at } = world();
      for (const folder of ['d', 'd/sub', 'd/ä']) mkdirSync(at(folder));
      for (const name of ['b', 'a', 'a.txt', '\n', 'Z']) writeFileSync(at(`d/${name}`), name);
      symlinkSync('a', at('d/link'));
      return { path: path('d'), known: knownOf(await listing(disk, 'd')) };
    }

    it('tells of a folder that is as it was only that, its folders and one of its files', async () => {
      const folder = await fill();
      const [answer] = await world().disk.listChanged([folder]);
      expect(answer).toEqual({
        unchanged: true,
        folders: [path('d/sub'), path('d/ä')],
        file: expect.stringMatching(/^d\/[baZ\n]/) as string,
      });
    });

    it('tells every name where nothing is known, or nothing of it is true', async () => {
      const { disk } = world();
      const { path: at, known } = await fill();
      const all = await listing(disk, 'd');
      const others = [null, '', 'x', `${known}x`, known?.slice(0, -1) ?? '', `${known}${known}`];
      expect(await disk.listChanged(others.map((other) => ({ path: at, known: other })))).toEqual(others.map(() => all));
    });

    it.each<[string, (at: (name: string) => string) => void]>([
      ['a new name', (at) => writeFileSync(at('d/c'), '')],
      ['a name that is gone', (at) => rmSync(at('d/b'))],
      ['a content of the same size', (at) => writeFileSync(at('d/b'), 'x')],
      ['another time', (at) => utimesSync(at('d/b'), 1, 1)],
      ['another mode', (at) => execFileSync('chmod', ['+x', at('d/b')])],
      ['another name for a file', (at) => renameSync(at('d/b'), at('d/bb'))],
      ['two names exchanged', (at) => execFileSync('sh', ['-c', 'mv a t && mv b a && mv t b'], { cwd: at('d') })],
      ['another target of a link', (at) => execFileSync('ln', ['-sfn', 'b', at('d/link')])],
      ['another folder', (at) => execFileSync('sh', ['-c', 'mkdir n && rmdir sub && mv n sub'], { cwd: at('d') })],
    ])('tells every name after %s', async (_what, change) => {
      const { disk, at } = world();
      const folder = await fill();
      change(at);
      expect(await disk.listChanged([folder])).toEqual([await listing(disk, 'd')]);
    });

    it('takes no change below a folder in it for one of its own', async () => {
      const { disk, at } = world();
      const folder = await fill();
      writeFileSync(at('d/sub/f'), '');
      expect(await disk.listChanged([folder, { path: path('d/sub'), known: '' }])).toMatchObject([
        { unchanged: true },
        { entries: [{ path: 'd/sub/f' }] },
      ]);
    });

    it.skipIf(process.platform !== 'linux')(
      'tells of names that cannot travel, beside a folder that is otherwise as it was (R31)',
      async () => {
        const { disk, at } = world();
        const folder = await fill();
        writeFileSync(at('d/back\\slash'), '');
        expect(await disk.listChanged([folder])).toMatchObject([{ refused: [{ name: 'back\\slash' }] }]);
      },
    );

    it('says why a folder cannot be listed (R21)', async () => {
      expect(await world().disk.listChanged([{ path: path('none'), known: '' }])).toMatchObject([{ code: 'ENOENT' }]);
    });
  });
}
