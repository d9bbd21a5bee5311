import { describe, expect, it } from 'vitest';
import { portabilityLine, whyNotPortable } from './portability-rule.ts';

describe('a name in its folder (R43)', () => {
  it.each([
    ['plain', [], null],
    ['plain', ['other', 'plain2'], null],
    ['a:b', [], 'Windows cannot hold a character'],
    ['File', ['file'], 'on Windows "File" and "file" are one name'],
    ['caf\u00e9', ['cafe\u0301'], 'on macOS'],
    ['File', ['File'], null],
  ] as const)('%j beside %j: %s', (name, beside, expected) => {
    const found = whyNotPortable({ name, beside });
    if (expected === null) expect(found).toBeNull();
    else expect(found).toContain(expected);
  });
});

describe('the line that travels (R45)', () => {
  it.each([
    ['', null],
    ['*.tmp\n', null],
    ['# portability: refuse\n*.tmp\n', 'refuse'],
    ['*.tmp\r\n#portability:map\r\n', 'map'],
    ['# portability: report\n# portability: off\n', 'off'],
    ['# portability: everything\n', null],
    ['x # portability: map\n', null],
    ['# about portability: map\n', null],
  ] as const)('%j says %s', (text, expected) => {
    expect(portabilityLine(text)).toBe(expected);
  });
});
