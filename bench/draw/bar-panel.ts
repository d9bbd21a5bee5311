import { readable } from '../judge/readable.ts';
import { placeOn } from './place-on.ts';
import { scaleFor } from './scale.ts';
import { escape, svg } from './svg.ts';

/** One workload: a bar for each system. */
export interface Bars {
  readonly title: string;
  /** What the axis counts. */
  readonly unit: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

const BAR = 16;
const GAP = 6;
const NAME_WIDTH = 96;
const FIGURE_WIDTH = 56;
const HEAD = 26;
const FOOT = 44;
const OURS = { name: 'syncpair', fill: '#1d63c4' };
const PEER_FILL = '#9aa5b1';
const LIMIT_FILL = '#d9b44a';

const fillOf = (name: string): string => (name === OURS.name ? OURS.fill : name.startsWith('limit') ? LIMIT_FILL : PEER_FILL);

/** Pixels that a panel of so many bars is high. */
export const heightOfPanel = (bars: number): number => HEAD + bars * (BAR + GAP) + FOOT;

/** Draws bars side by side to the right, with an axis below. */
export function barPanel(
  { title, unit, bars }: Bars,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string {
  const scale = scaleFor(bars.map(({ value }) => value));
  const length = width - NAME_WIDTH - FIGURE_WIDTH;
  const at = (value: number): number => NAME_WIDTH + placeOn(scale, value) * length;
  const bottom = HEAD + bars.length * (BAR + GAP);
  const marks = scale.ticks.flatMap((tick) => [
    svg('line', { x1: at(tick), x2: at(tick), y1: HEAD - 4, y2: bottom, stroke: '#e3e6ea' }),
    svg('text', { x: at(tick), y: bottom + 14, 'text-anchor': 'middle', class: 'small' }, tickText(tick)),
  ]);
  const drawn = bars.flatMap(({ name, value }, row) => {
    const top = HEAD + row * (BAR + GAP);
    return [
      svg(
        'text',
        { x: NAME_WIDTH - 8, y: top + 12, 'text-anchor': 'end', ...(name === OURS.name ? { 'font-weight': 'bold' } : {}) },
        escape(name),
      ),
      svg('rect', { x: NAME_WIDTH, y: top, width: Math.max(1, at(value) - NAME_WIDTH), height: BAR, fill: fillOf(name) }),
      svg('text', { x: at(value) + 5, y: top + 12 }, readable(value)),
    ];
  });
  const axis = `${unit}${scale.isLogarithmic ? ', logarithmic' : ''}; less is better`;
  return svg(
    'g',
    { transform: `translate(${x} ${y})` },
    svg('text', { x: 0, y: 12, 'font-weight': 'bold' }, escape(title)),
    ...marks,
    ...drawn,
    svg('text', { x: NAME_WIDTH + length / 2, y: bottom + 30, 'text-anchor': 'middle', class: 'small' }, escape(axis)),
  );
}

const tickText = (tick: number): string => (tick >= 1_000 ? tick.toLocaleString('en') : String(tick));
