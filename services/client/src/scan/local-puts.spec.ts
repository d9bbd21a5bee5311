import { MAX_FRAME_BYTES, type RelativePath } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import type { LocalPut } from './local-changes.ts';
import { LocalPuts } from './local-puts.ts';

const path = (text: string) => text as RelativePath;
const put = (size: number): LocalPut => ({
  entry: { kind: 'file', hash: 'ab'.repeat(32) as never, size, mtime: 0n, executable: false },
  stamp: `f.${size}`,
  inode: 1n,
});
const [small, large] = [put(MAX_FRAME_BYTES), put(MAX_FRAME_BYTES + 1)];

describe('LocalPuts', () => {
  it('knows the large files among all, whatever becomes of them', () => {
    const puts = new LocalPuts();
    puts
      .set(path('a'), small)
      .set(path('b'), large)
      .set(path('c'), large)
      .set(path('d'), { ...large, entry: { kind: 'dir' } });
    expect([...puts.large]).toEqual(['b', 'c']);
    puts.set(path('b'), small).set(path('a'), large);
    expect([...puts.large]).toEqual(['c', 'a']);
    expect(puts.delete(path('c'))).toBe(true);
    expect(puts.delete(path('c'))).toBe(false);
    expect([...puts.large]).toEqual(['a']);
    expect([...puts.keys()].sort()).toEqual(['a', 'b', 'd']);
    puts.clear();
    expect([puts.size, puts.large.size]).toEqual([0, 0]);
  });
});
