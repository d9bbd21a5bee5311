import { closeSync, constants, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mountPoints, mountsBelow } from './mounts-below.ts';

it('reads where things are mounted, whatever the names', () => {
  const lines = [
    '22 28 0:21 / /proc rw,nosuid shared:5 - proc proc rw',
    '90 28 8:1 /data /home/me/two\\040words\\011and\\134a\\012line rw - ext4 /dev/sda1 rw',
    '91 28 8:1 / /home/me/pläne rw - ext4 /dev/sda1 rw',
    '',
  ];
  expect(mountPoints(lines.join('\n'))).toEqual(['/proc', '/home/me/two words\tand\\a\nline', '/home/me/pläne']);
});

it.skipIf(process.platform !== 'linux')('finds what is mounted below a folder of this machine', () => {
  const proc = openSync('/proc', constants.O_RDONLY);
  const etc = openSync('/usr', constants.O_RDONLY);
  try {
    expect(() => mountsBelow(`/proc/self/fd/${proc}`)).not.toThrow();
    expect([...mountsBelow(`/proc/self/fd/${etc}`)].every((path) => !path.startsWith('/'))).toBe(true);
  } finally {
    closeSync(proc);
    closeSync(etc);
  }
});
