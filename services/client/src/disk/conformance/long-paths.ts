import { describe, expect, it } from 'vitest';
import { type MakeDisk, act, expectDone, file, observed, path, stampOf, useWorld } from './world.ts';

export function registerLongPathTests(make: MakeDisk): void {
  describe.skipIf(process.platform !== 'linux')('long paths', () => {
    const world = useWorld(make);

    it('works on paths of 4,095 bytes and hundreds of folders deep', async () => {
      const { disk } = world();
      const wide = Array.from({ length: 15 }, (_, index) => `${index}`.padEnd(255, 'w'));
      const deep = Array.from({ length: 400 }, () => 'd');
      for (const names of [wide, deep]) {
        const folders = names.map((_, index) => names.slice(0, index + 1).join('/'));
        expectDone(await disk.apply(folders.map((name) => ({ op: 'dir', path: path(name), expected: 'absent' }))));
        const folder = folders.at(-1) as string;
        const name = `${folder}/${'f'.repeat(Math.min(255, 4095 - folder.length - 1))}`;
        expectDone([await act(disk, file(name, 'one'))]);
        expectDone([await act(disk, file(name, 'two', { expected: await stampOf(disk, name) }))]);
        const listed = await disk.list([path(folder)]);
        expect(listed).toMatchObject([{ entries: [{ path: name }], refused: [] }]);
        const read = await disk.read([{ path: path(name), stamp: (await observed(disk, name)).stamp }]);
        expect(Buffer.from(read[0] as Uint8Array).toString()).toBe('two');
        const other = `${folder}/g`;
        expectDone([await act(disk, { op: 'rename', from: path(name), to: path(other), expected: await stampOf(disk, name) })]);
        expectDone([await act(disk, { op: 'remove', path: path(other), expected: await stampOf(disk, other) })]);
      }
    });
  });
}
