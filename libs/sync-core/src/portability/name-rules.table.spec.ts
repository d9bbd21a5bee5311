import { describe, expect, it } from 'vitest';
import { clashKey, whyNotHeld } from './name-rules.ts';

describe('names that Windows cannot hold', () => {
  it.each([
    ['CON', 'reserves'],
    ['con', 'reserves'],
    ['aux.c', 'reserves'],
    ['COM1', 'reserves'],
    ['com¹.txt', 'reserves'],
    ['LPT9.log', 'reserves'],
    ['CONIN$', 'reserves'],
    ['nul .txt', 'reserves'],
    ['a:b', 'a character'],
    ['what?', 'a character'],
    ['<tag>', 'a character'],
    ['say "hi"', 'a character'],
    ['a|b', 'a character'],
    ['all*', 'a character'],
    ['line\nfeed', 'a character'],
    ['ends.', 'a dot or space'],
    ['ends ', 'a dot or space'],
    ['...', 'a dot or space'],
  ])('%j: %s (R43)', (name, why) => {
    expect(whyNotHeld(name, 'windows')).toContain(why);
    expect(whyNotHeld(name, 'linux')).toBeNull();
    expect(whyNotHeld(name, 'macos')).toBeNull();
  });

  it.each(['console', 'auxiliary.c', 'com', 'com10', 'a.b', '.hidden', ' leading', '-rf', '~', 'näme', '😀', '%2e', 'n'.repeat(255)])(
    '%j is held everywhere (R43)',
    (name) => {
      expect(whyNotHeld(name, 'windows')).toBeNull();
    },
  );
});

describe('names that would be one name', () => {
  it.each([
    ['Name', 'NAME', { linux: false, macos: true, windows: true }],
    ['é', 'É', { linux: false, macos: true, windows: true }],
    ['caf\u00e9', 'cafe\u0301', { linux: false, macos: true, windows: false }],
    ['CAF\u00c9', 'cafe\u0301', { linux: false, macos: true, windows: false }],
    ['straße', 'STRASSE', { linux: false, macos: true, windows: true }],
    ['one', 'two', { linux: false, macos: false, windows: false }],
    ['same', 'same', { linux: true, macos: true, windows: true }],
  ] as const)('%j and %j (R43)', (one, other, expected) => {
    for (const rules of ['linux', 'macos', 'windows'] as const)
      expect(clashKey(one, rules) === clashKey(other, rules), rules).toBe(expected[rules]);
  });
});
