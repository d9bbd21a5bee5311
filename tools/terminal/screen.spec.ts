import { expect, test } from 'vitest';
import { screenSvg } from './screen-svg.ts';
import { type Line, readScreen } from './screen.ts';

const textOf = (lines: readonly Line[]): string[] =>
  lines.map((line) =>
    line
      .map(({ character }) => character)
      .join('')
      .trimEnd(),
  );

test.each([
  ['lines', 'a\r\nb\n', ['a', 'b']],
  ['a progress line that is overwritten', 'sending 1…\r\u001b[2Ksending 2…\r\u001b[2Kdone\n', ['done']],
  ['a shorter text over a longer one', 'longer\rab', ['abnger']],
  ['an erasure to the end of the line', 'longer\rab\u001b[K', ['ab']],
  ['a step up', 'one\ntwo\n\u001b[2A\u001b[2KONE\n', ['ONE', 'two']],
  ['tabs', 'a\tb', ['a       b']],
  ['titles and unknown sequences', '\u001b]0;title\u0007\u001b[?25la\u001b(B', ['aB']],
  ['a character of two code points', '⚠️ x', ['⚠️ x']],
  ['empty lines around', '\n\n a\n\nb\n\n', [' a', '', 'b']],
])('shows %s', (_, written, shown) => {
  expect(textOf(readScreen(written))).toEqual(shown);
});

test('keeps colours until they are reset', () => {
  const [line] = readScreen('\u001b[1;32mgood\u001b[0m \u001b[2mdim');
  expect(line?.[0]).toEqual({ character: 'g', colour: 2, bold: true, dim: false });
  expect(line?.[4]).toEqual({ character: ' ', colour: null, bold: false, dim: false });
  expect(line?.[5]).toMatchObject({ colour: null, dim: true });
});

test('places each run of one colour at its column, and escapes what means something to SVG', () => {
  const svg = screenSvg(readScreen('ab \u001b[31m<c>\u001b[0m\n'), { title: 'a & b', columns: 10 });
  expect(svg).toContain('aria-label="a &amp; b"');
  expect(svg).toContain('<tspan x="18" textLength="16.8">ab</tspan><tspan x="43.2" textLength="25.2" fill="#ff7b72">&lt;c&gt;</tspan>');
});

test('goes on in the next line where the window ends', () => {
  const svg = screenSvg(readScreen('abcde\n'), { title: 't', columns: 3 });
  expect(svg).toMatch(/>abc<.*\n.*>de</);
});
