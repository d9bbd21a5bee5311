import type { Cell, Line } from './screen.ts';

/** Pixels. */
const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 18;
const TITLE_BAR = 42;
const FONT = 14;
const MOST_LINES = 200;

/** The sixteen colours on the dark ground of the picture, readable at any size. */
const PALETTE = [
  ...['#6e7681', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#d0d7de'],
  ...['#8b949e', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#ffffff'],
];
const GROUND = '#0d1117';
const TEXT = '#d0d7de';
const DIM = '#8b949e';

/** A screen as a picture with a window around it; its ground is its own, so it reads alike on light and dark pages. */
export function screenSvg(screen: readonly Line[], { title, columns }: { readonly title: string; readonly columns: number }): string {
  const lines = screen.flatMap((line) => wrap(line, columns));
  if (lines.length > MOST_LINES) throw new Error(`${lines.length} lines are too many for a picture; at most ${MOST_LINES}`);
  const width = Math.ceil(2 * MARGIN + columns * CHARACTER);
  const height = Math.ceil(TITLE_BAR + lines.length * LINE + MARGIN);
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map((fill, at) => `<circle cx="${20 + at * 18}" cy="17" r="5.5" fill="${fill}"/>`);
  const text = lines.flatMap((line, row) => {
    const spans = runs(line).map(({ cells, column }) => span(cells, MARGIN + column * CHARACTER));
    return spans.length === 0 ? [] : [`<text y="${TITLE_BAR + row * LINE + FONT}">${spans.join('')}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${GROUND}" stroke="#57606a"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" fill="${TEXT}" xml:space="preserve">
<text x="${width / 2}" y="21" text-anchor="middle" fill="${DIM}" font-size="12">${escape(title)}</text>
${text.join('\n')}
</g>
</svg>
`;
}

/** Goes on in the next line where the window ends, as a terminal does. */
function wrap(line: Line, columns: number): Line[] {
  const parts: Line[] = [];
  for (let at = 0; at === 0 || at < line.length; at += columns) parts.push(line.slice(at, at + columns));
  return parts;
}

/** Neighbouring cells of one style, without the spaces around them; each is placed by itself, so that any font keeps the columns. */
function runs(line: Line): { readonly cells: Line; readonly column: number }[] {
  const found: { cells: Cell[]; column: number }[] = [];
  for (const [column, cell] of line.entries()) {
    const last = found.at(-1);
    const before = last?.cells.at(-1);
    if (last !== undefined && before !== undefined && fillOf(before) === fillOf(cell) && before.bold === cell.bold) last.cells.push(cell);
    else found.push({ cells: [cell], column });
  }
  return found.flatMap(({ cells, column }) => {
    const first = cells.findIndex(({ character }) => character !== ' ');
    if (first < 0) return [];
    const last = cells.findLastIndex(({ character }) => character !== ' ');
    return [{ cells: cells.slice(first, last + 1), column: column + first }];
  });
}

function span(cells: Line, x: number): string {
  const [first] = cells;
  const fill = first === undefined ? TEXT : fillOf(first);
  const attributes = [
    `x="${round(x)}"`,
    `textLength="${round(cells.length * CHARACTER)}"`,
    ...(fill === TEXT ? [] : [`fill="${fill}"`]),
    ...(first?.bold === true ? ['font-weight="bold"'] : []),
  ];
  return `<tspan ${attributes.join(' ')}>${escape(cells.map(({ character }) => character).join(''))}</tspan>`;
}

const fillOf = ({ colour, dim }: Cell): string => (colour === null ? (dim ? DIM : TEXT) : (PALETTE[colour] ?? TEXT));
const round = (pixels: number): string => String(Math.round(pixels * 10) / 10);
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
