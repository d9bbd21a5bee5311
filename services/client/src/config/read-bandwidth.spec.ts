import { describe, expect, test } from 'vitest';
import { formatConfigError } from './format-config-error.ts';
import { parseConfig } from './parse-config.ts';

const HEAD = 'client_id: a\nserver: http://localhost:8080\ndirectories: [{name: x, local_path: ~/x}]\n';
const parse = (text: string) => parseConfig(`${HEAD}${text}`, { file: 'c.yaml', folder: '/etc', home: '/home/me', platform: 'linux' });

/** What a bandwidth section comes to; what it begins with stands in line 4. */
function read(text: string) {
  const parsed = parse(text);
  expect(parsed.ok ? [] : parsed.errors.map(formatConfigError)).toEqual([]);
  return parsed.ok ? parsed.config.bandwidth : null;
}

function refusal(text: string): string[] {
  const parsed = parse(text);
  return parsed.ok ? ['(accepted)', ...parsed.config.warnings.map(formatConfigError)] : parsed.errors.map(formatConfigError);
}

const rate = (value: string): number | null | undefined => read(`bandwidth: {upload: ${value}}\n`)?.always.upload;
const timetable = (...lines: string[]): string => `bandwidth:\n  timetable:\n    - ${lines.join('\n      ')}\n`;
const entry = (...lines: string[]) => read(timetable(...lines))?.timetable[0];

test('where nothing is limited at any time there is nothing to pass', () => {
  expect(['', 'bandwidth:\n', 'bandwidth: {upload: unlimited, download: unlimited}\n', timetable('upload: unlimited')].map(read)).toEqual(
    Array.from({ length: 4 }, () => null),
  );
});

test('the example of the documentation', () => {
  const text =
    'bandwidth:\n  upload: 2 MB/s\n  download: unlimited\n  timetable:\n    - days: mon-fri\n      from: "08:00"\n      to: "18:00"\n      upload: 500 KB/s\n';
  expect(read(text)).toEqual({
    always: { upload: 2_000_000, download: null },
    timetable: [{ days: [0, 1, 2, 3, 4], from: 480, to: 1080, upload: 500_000, download: null }],
  });
});

test.each([
  ['2 MB/s', 2_000_000],
  ['2MB/s', 2_000_000],
  ['1.5 MB/s', 1_500_000],
  ['500 kB/s', 500_000],
  ['10 Mbit/s', 1_250_000],
  ['100 kbit/s', 12_500],
  ['1 MiB/s', 1_048_576],
  ['20480 B/s', 20_480],
])('the rate %s', (value, expected) => {
  expect(rate(value)).toBe(expected);
});

test.each([
  [['upload: 10 KB/s', 'from: 8:00', 'to: 24:00'], { days: [0, 1, 2, 3, 4, 5, 6], from: 480, to: 1440, upload: 10_000 }],
  [['days: sat, sun', 'download: 1 MB/s'], { days: [5, 6], from: 0, to: 1440, download: 1_000_000 }],
  [['days: fri-mon', 'download: 1 MB/s'], { days: [0, 4, 5, 6] }],
  [['days: [Monday, wed-thu]', 'download: 1 MB/s'], { days: [0, 2, 3] }],
  [['from: "22:00"', 'to: "06:00"', 'upload: 1 MB/s'], { from: 1320, to: 360 }],
])('the entry %j', (lines, expected) => {
  expect(entry(...lines)).toMatchObject(expected);
});

describe('is refused with what to write instead:', () => {
  test.each([
    ['500', 'is "500"; write it with its unit, as in 500 KB/s'],
    ['"500"', 'is "500"; write it with its unit, as in 500 KB/s'],
    ['2 MB', 'is "2 MB"; write "2 MB/s"'],
    ['2 MBps', 'is "2 MBps"; write "2 MB/s"'],
    ['2 Mb/s', 'is "2 Mb/s"; write "2 MB/s" for bytes, "2 Mbit/s" for bits'],
    ['2mbps', 'is "2mbps"; write "2 MB/s" for bytes, "2 Mbit/s" for bits'],
    ['2 mbit/s', 'is "2 mbit/s"; write "2 Mbit/s"'],
    ['off', 'is "off"; write unlimited'],
    ['Unlimited', 'is "Unlimited"; write unlimited'],
    ['fast', 'is "fast"; write a number with its unit, as in 2 MB/s, 500 KB/s or 10 Mbit/s, or unlimited'],
    ['-2 MB/s', 'is "-2 MB/s"; write a number with its unit, as in 2 MB/s, 500 KB/s or 10 Mbit/s, or unlimited'],
    ['9 KB/s', 'is "9 KB/s", too little to get on with; write 10 KB/s or more, or unlimited'],
    ['99999999999 GB/s', 'is "99999999999 GB/s", which no line carries; write unlimited'],
    ['true', 'is true; write a limit, as in upload: 2 MB/s, or unlimited'],
    ['[1]', 'is a list; write a limit, as in upload: 2 MB/s, or unlimited'],
  ])('the rate %s', (value, message) => {
    expect(refusal(`bandwidth: {upload: ${value}}\n`)).toEqual([`c.yaml:4:21: "upload" ${message}`]);
  });

  test.each([
    ['bandwidth: 2 MB/s\n', '4:12: "bandwidth" must hold names with values; write lines such as "upload: …"'],
    ['bandwidth: {uplaod: 2 MB/s}\n', '4:13: "uplaod" is not known; write "upload"'],
    ['bandwidth: {up: 2 MB/s}\n', '4:13: "up" is not known; write "upload"'],
    ['upload: 2 MB/s\n', '4:1: "upload" does not belong here; write it below "bandwidth"'],
    [
      'bandwidth: {timetable: {from: 1}}\n',
      '4:24: "timetable" is a group of names with values; write entries below it, each beginning with "- from: "',
    ],
    [timetable('from: 8', 'upload: 1 MB/s'), '6:13: "from" is the number 8; write a time from "00:00" to "23:59", in quotes'],
    [timetable('to: "25:00"', 'upload: 1 MB/s'), '6:11: "to" is the text "25:00"; write a time from "00:01" to "24:00", in quotes'],
    [timetable('to: "0:00"', 'upload: 1 MB/s'), '6:11: "to" is the same time as "from"; leave both out for the whole day'],
    [timetable('from: "08:60"', 'upload: 1 MB/s'), '6:13: "from" is the text "08:60"; write a time from "00:00" to "23:59", in quotes'],
    [timetable('days: mon-fry', 'upload: 1 MB/s'), '6:13: "days" names "mon-fry", which is no day; write mon-fri'],
    [
      timetable('days: weekends', 'upload: 1 MB/s'),
      '6:13: "days" names "weekends", which is no day; write days as in mon-fri, or sat, sun',
    ],
    [timetable('days: 1-5', 'upload: 1 MB/s'), '6:13: "days" names "1-5", which is no day; write days as in mon-fri, or sat, sun'],
    [
      timetable('days: []', 'upload: 1 MB/s'),
      '6:13: "days" is empty; write days as in mon-fri, or sat, sun, or leave it out for every day',
    ],
    [timetable('days: [7]', 'upload: 1 MB/s'), '6:14: "days" is the number 7; write days as in mon-fri, or sat, sun'],
    [timetable('days: mon'), '6:7: an entry of "timetable" has no limit; write upload, download or both, as in upload: 500 KB/s'],
    [timetable('upload:'), '6:14: "upload" has no value; write one, or remove the line'],
  ])('%j', (text, message) => {
    expect(refusal(text)).toEqual([`c.yaml:${message}`]);
  });
});

test('an entry that never counts is told as a warning', () => {
  const text = `${timetable('upload: 1 MB/s')}    - days: mon\n      upload: 2 MB/s\n`;
  expect(refusal(text)).toEqual([
    '(accepted)',
    'c.yaml:7:7: this entry of "timetable" never counts: those above it cover all of its time; put it above them, or remove it',
  ]);
});
