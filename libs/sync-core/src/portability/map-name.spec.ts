import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapName, unmapName } from './map-name.ts';
import { whyNotHeld } from './name-rules.ts';

const awkward = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    '.',
    ' ',
    ':',
    '*',
    '?',
    '"',
    '<',
    '>',
    '|',
    '\n',
    'c',
    'o',
    'n',
    'u',
    'l',
    '1',
    '\uf07f',
    '\uf03a',
    '\uf02e',
    '\uf0ff',
    'é',
    '😀',
  ),
  minLength: 1,
  maxLength: 60,
});
const name = fc.oneof(awkward, fc.constantFrom('CON', 'aux.c', 'nul', 'com1.', 'prn .x', 'CONOUT$', '...', ' '));

describe('a mapped name (R44)', () => {
  it.each([
    ['a:b', 'a\uf03ab'],
    ['CON', '\uf043ON'],
    ['ends.', 'ends\uf02e'],
    ['plain', 'plain'],
    ['\uf03a', '\uf07f\uf03a'],
  ])('%j is kept as %j', (given, mapped) => {
    expect(mapName(given, 'windows')).toBe(mapped);
    expect(mapName(given, 'linux')).toBe(given);
  });

  it('gives back the name, can be held, and is no other name’s', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [mapped, second] = [mapName(one, 'windows'), mapName(other, 'windows')];
        if (mapped === null || second === null) return;
        expect(unmapName(mapped, 'windows')).toBe(one);
        expect(whyNotHeld(mapped, 'windows')).toBeNull();
        expect(mapped === second).toBe(one === other);
      }),
    );
  });

  it('is none when it would be too long', () => {
    expect(mapName('?'.repeat(200), 'windows')).toBeNull();
    expect(mapName('?'.repeat(80), 'windows')).toBe('\uf03f'.repeat(80));
  });
});
