import { type BigIntStats, chmodSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedAt, isExpected, stampOf } from './stamp.ts';

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stamp-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file before and after a change of its mode, both at one time of the file system's clock. */
function withinOneTick(before: number, after: number): [BigIntStats, BigIntStats] {
  const file = join(folder, 'f');
  writeFileSync(file, 'content', { mode: before });
  const first = lstatSync(file, { bigint: true });
  chmodSync(file, after);
  return [first, Object.assign(lstatSync(file, { bigint: true }), { ctimeNs: first.ctimeNs })];
}

describe.skipIf(process.platform === 'win32')('the stamp of a file', () => {
  it.each([
    [0o644, 0o755],
    [0o755, 0o644],
  ])('tells its change from %o to %o within one tick of the clock', (before, after) => {
    const [first, second] = withinOneTick(before, after);
    expect(stampOf(second)).not.toBe(stampOf(first));
    expect(isExpected({ stamp: stampOf(first) }, second)).toBe(false);
    for (const stats of [first, second]) expect(changedAt(stampOf(stats))).toBe(first.ctimeNs);
  });

  it('is the same for a change of mode that does not travel', () => {
    const [first, second] = withinOneTick(0o644, 0o600);
    expect(stampOf(second)).toBe(stampOf(first));
  });
});
