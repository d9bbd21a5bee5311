import { readable } from '../judge/readable.ts';
import { placeOn } from './place-on.ts';
import { scaleFor } from './scale.ts';
import { escape, svg } from './svg.ts';

/** A figure with a bar for each of what is compared. */
export interface Bars {
  readonly title: string;
  /** What the axis counts. */
  readonly unit: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly whose: 'ours' | 'peer' | 'limit' }[];
}

const BAR = 16;
const GAP = 6;
const NAME_WIDTH = 96;
const FIGURE_WIDTH = 56;
const HEAD = 26;
const FOOT = 44;
const FILLS = { ours: '#1d63c4', peer: '#9aa5b1', limit: '#d9b44a' } as const;

/** Pixels that a panel of so many bars is high. */
export const heightOfPanel = (bars: number): number => HEAD + bars * (BAR + GAP) + FOOT;

/** Draws the bars one below the other, with an axis below them. */
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
  const drawn = bars.flatMap(({ name, value, whose }, row) => {
    const top = HEAD + row * (BAR + GAP);
    return [
      svg('text', { x: NAME_WIDTH - 8, y: top + 12, 'text-anchor': 'end', class: whose === 'ours' ? 'bold' : '' }, escape(name)),
      svg('rect', { x: NAME_WIDTH, y: top, width: Math.max(1, at(value) - NAME_WIDTH), height: BAR, fill: FILLS[whose] }),
      svg('text', { x: at(value) + 5, y: top + 12 }, readable(value)),
    ];
  });
  const axis = `${unit}${scale.isLogarithmic ? ', logarithmic' : ''}; less is better`;
  return svg(
    'g',
    { transform: `translate(${x} ${y})` },
    svg('text', { x: 0, y: 12, class: 'bold' }, escape(title)),
    ...marks,
    ...drawn,
    svg('text', { x: NAME_WIDTH + length / 2, y: bottom + 30, 'text-anchor': 'middle', class: 'small' }, escape(axis)),
  );
}

const tickText = (tick: number): string => (tick >= 1_000 ? tick.toLocaleString('en') : String(tick));
