import { describe, expect, test } from 'vitest';
import { formatAgo, formatDuration, parseDuration } from './duration.ts';
import { groupDigits } from './group-digits.ts';
import { plural } from './plural.ts';
import { formatRate } from './rate.ts';
import { formatSize } from './size.ts';
import { displayWidth, formatTable } from './table.ts';

test('rates have three digits that matter, and the units of the configuration', () => {
  expect([20_480, 500_000, 1_250_000, 999_600, 2e6, 1_048_576, 3e12].map(formatRate)).toEqual([
    '20.5 KB/s',
    '500 KB/s',
    '1.25 MB/s',
    '1 MB/s',
    '2 MB/s',
    '1.05 MB/s',
    '3000 GB/s',
  ]);
});

test('sizes have two digits that matter', () => {
  const told = [0, 1023, 1024, 1536, 10_239, 10_240, 1024 ** 2 - 1, 5 * 1024 ** 3, 2 * 1024 ** 6].map(formatSize);
  expect(told).toEqual(['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '10 KiB', '10 KiB', '1.0 MiB', '5.0 GiB', '2048 PiB']);
});

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['7', 7_000],
    [' 3 min ', 180_000],
  ])('%s', (text, ms) => expect(parseDuration(text)).toEqual({ ok: true, value: ms }));

  test.each(['', 's', '-3s', '3 weeks', '1e3', '0x10', 'NaN'])('"%s" is refused', (text) => expect(parseDuration(text).ok).toBe(false));

  test('are told in one unit', () => {
    expect([1, 999, 1000, 59_999, 60_000, 3_600_000, 47 * 3_600_000, 72 * 3_600_000].map(formatDuration)).toEqual([
      '1 ms',
      '999 ms',
      '1 s',
      '59 s',
      '1 min',
      '1 h',
      '47 h',
      '3 d',
    ]);
  });
});

test('points in time are told from now', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const at = (ms: number): string => new Date(now - ms).toISOString();
  expect(formatAgo(at(500), now)).toBe('now');
  expect(formatAgo(at(-500), now)).toBe('now');
  expect(formatAgo(at(3_000), now)).toBe('3 s ago');
  expect(formatAgo(at(40 * 86_400_000), now)).toBe('2026-01-20');
  expect(formatAgo(at(-86_400_000), now)).toBe('2026-03-02T12:00:00.000Z');
});

test('numbers decide the word', () => {
  expect([plural(1, 'file'), plural(0, 'file'), plural(12_345, 'file'), plural(2, 'directory', 'directories')]).toEqual([
    '1 file',
    '0 files',
    '12,345 files',
    '2 directories',
  ]);
});

test('digits are grouped as they are in English', () => {
  for (const count of [0, 7, 999, 1_000, 12_345, 999_999, 1_000_000, 9_007_199_254_740_991])
    expect(groupDigits(count)).toBe(count.toLocaleString('en'));
});

describe('tables', () => {
  test('align columns by what is seen of them', () => {
    expect(
      formatTable(
        [
          ['a', '1', 'x'],
          ['\u001b[31mlong\u001b[0m', '22', ''],
          ['日本', '333', 'z'],
        ],
        [1],
      ),
    ).toEqual(['a       1  x', '\u001b[31mlong\u001b[0m   22', '日本  333  z']);
  });

  test('count wide characters twice and joined ones once', () => {
    expect(['', 'abc', 'Grüße', 'Gru\u0308\u00dfe', '日本', '👩‍👩‍👧'].map(displayWidth)).toEqual([0, 3, 5, 5, 4, 2]);
  });
});
