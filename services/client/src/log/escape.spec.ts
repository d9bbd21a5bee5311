import { expect, test } from 'vitest';
import { escapeText } from './escape.ts';

test('keeps what is a character of a name', () => {
  for (const name of ['a b', 'Grüße', '日本語.txt', '👩‍👩‍👧', 'עברית', 'back\\slash', 'per%cent', 'quo\'te"'])
    expect(escapeText(name)).toBe(name);
});

test('spells out what could be taken for something else', () => {
  expect(escapeText('a\nb\r\tc')).toBe('a\\nb\\r\\tc');
  expect(escapeText('\u001b[31mred\u009b2J\u0007')).toBe('\\u{1b}[31mred\\u{9b}2J\\u{7}');
  expect(escapeText('invoice\u202etxt.exe\u2066')).toBe('invoice\\u{202e}txt.exe\\u{2066}');
  expect(escapeText('a\u2028b\u200b\ufeff\ud800')).toBe('a\\u{2028}b\\u{200b}\\u{feff}\ufffd');
});
