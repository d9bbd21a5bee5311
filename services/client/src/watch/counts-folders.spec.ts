import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countsFolders } from './counts-folders.ts';

it.each([tmpdir(), '/dev/shm'].filter((parent) => existsSync(parent)))(
  'the links of a folder in %s tell how many are in it, where it says so',
  (parent) => {
    const root = mkdtempSync(join(parent, 'counts-folders-'));
    try {
      if (!countsFolders(root)) return;
      const links = (): number => lstatSync(root).nlink;
      expect(links()).toBe(2);
      writeFileSync(join(root, 'file'), '');
      expect(links()).toBe(2);
      for (const name of ['one', 'two', 'three']) mkdirSync(join(root, name));
      expect(links()).toBe(5);
      rmdirSync(join(root, 'one'));
      renameSync(join(root, 'two'), join(root, 'three/two'));
      expect(links()).toBe(3);
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);

it('is told of no folder that is not there', () => {
  expect(countsFolders('/nowhere/at/all')).toBe(false);
});
