import { describe, expect, it } from 'vitest';
import { isSameFolder } from './recognise-move.ts';

const child = (name: string, inode: number) => ({ name, inode: BigInt(inode) });

describe('isSameFolder', () => {
  it('knows a folder by a child that is still the same (R15)', () => {
    expect(isSameFolder([child('a', 1), child('b', 2)], [child('a', 9), child('b', 2)])).toBe(true);
  });

  it('is not misled by an inode number that was given away again (R15)', () => {
    expect(isSameFolder([child('a', 1)], [child('a', 7), child('c', 1)])).toBe(false);
  });

  it('has nothing to tell an empty folder by', () => {
    expect(isSameFolder([], [])).toBe(false);
  });
});
