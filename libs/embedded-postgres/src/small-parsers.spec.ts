import { describe, expect, test } from 'vitest';
import { parseCapabilities } from './capabilities.ts';
import { parsePostmasterPid } from './postmaster-pid.ts';
import { startFailure } from './start-failure.ts';

describe('postmaster.pid', () => {
  const lines = (status: string): string => `4711\n/data\n1700000000\n5432\n\n127.0.0.1\n  1234567    12345\n${status}\n`;

  test.each([
    [lines('ready   '), { pid: 4711, port: 5432, ready: true }],
    [lines('starting'), { pid: 4711, port: 5432, ready: false }],
    ['4711\n', { pid: 4711, port: null, ready: false }],
    ['', null],
    ['-5\n', null],
    ['0\n', null],
    ['12a\n', null],
    ['123456789012345\n', null],
  ])('%j', (text, expected) => {
    expect(parsePostmasterPid(text)).toEqual(expected);
  });
});

describe('capabilities', () => {
  test('are read from the status of a process', () => {
    expect([...parseCapabilities('Name:\tx\nCapPrm:\t0\nCapEff:\t00000000a80425fb\n')]).toEqual([
      'chown',
      'dac_override',
      'kill',
      'setgid',
      'setuid',
      'setpcap',
    ]);
    expect(parseCapabilities('CapEff:\t0000000000000000\n').size).toBe(0);
    expect(parseCapabilities('').size).toBe(0);
  });
});

describe('a failed start', () => {
  test.each([
    [
      'FATAL:  could not write to file "x": No space left on device',
      'out_of_space',
      'x: the disk is full; free some space and start again',
    ],
    [
      'setpriv: setresuid failed: Invalid argument',
      'no_account',
      'x: this is root, and PostgreSQL needs another user, which cannot be had here (setpriv: setresuid failed: Invalid argument)',
    ],
    ['LOG:  noise\nFATAL:  lock file exists\nHINT:  do this', 'start_failed', 'x: FATAL:  lock file exists; HINT:  do this'],
    ['only noise', 'start_failed', 'x: only noise'],
    ['', 'start_failed', 'x and gave no reason'],
  ])('that said %j', (words, code, message) => {
    expect(startFailure('x', words)).toMatchObject({ code, message });
  });
});
