import { picture } from './picture.ts';
import { placeOn } from './place-on.ts';
import { scaleFor } from './scale.ts';
import { escape, svg } from './svg.ts';

const SIZE = { width: 760, height: 360 };
const LEFT = 56;
const RIGHT = 150;
const TOP = 36;
const BOTTOM = 48;
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const COLOURS = ['#1d63c4', '#c2410c', '#4d7c0f', '#7e22ce', '#0f766e', '#a16207', '#52606d'];

/** For each system, which share of its edits had arrived after how many milliseconds. Null without edits. */
export function drawLatency(latencies: Readonly<Record<string, readonly number[]>>): string | null {
  const systems = Object.entries(latencies).filter(([, times]) => times.length > 0);
  if (systems.length === 0) return null;
  const scale = scaleFor(systems.flatMap(([, times]) => times));
  const x = (value: number): number => LEFT + placeOn(scale, value) * (SIZE.width - LEFT - RIGHT);
  const y = (share: number): number => SIZE.height - BOTTOM - share * (SIZE.height - TOP - BOTTOM);
  const axes = [
    ...scale.ticks.flatMap((tick) => [
      svg('line', { x1: x(tick), x2: x(tick), y1: TOP, y2: y(0), stroke: '#e3e6ea' }),
      svg('text', { x: x(tick), y: y(0) + 15, 'text-anchor': 'middle', class: 'small' }, tick.toLocaleString('en')),
    ]),
    ...SHARES.flatMap((share) => [
      svg('line', { x1: LEFT, x2: SIZE.width - RIGHT, y1: y(share), y2: y(share), stroke: '#e3e6ea' }),
      svg('text', { x: LEFT - 6, y: y(share) + 4, 'text-anchor': 'end', class: 'small' }, `${share * 100} %`),
    ]),
    svg(
      'text',
      { x: (LEFT + SIZE.width - RIGHT) / 2, y: SIZE.height - 12, 'text-anchor': 'middle', class: 'small' },
      `milliseconds from the edit at A to its content at B${scale.isLogarithmic ? ', logarithmic' : ''}`,
    ),
    svg('text', { x: LEFT, y: 20, class: 'bold' }, 'One edit of 1 KB: share of the edits that have arrived (how many were made)'),
  ];
  const lines = systems.flatMap(([name, times], index) => {
    const sorted = times.toSorted((a, b) => a - b);
    const colour = COLOURS[index % COLOURS.length] as string;
    const steps = sorted.map((time, n) => `H${x(time).toFixed(1)}V${y((n + 1) / sorted.length).toFixed(1)}`);
    const row = TOP + 12 + index * 20;
    const [from, to] = [SIZE.width - RIGHT + 12, SIZE.width - RIGHT + 30];
    return [
      svg('path', {
        d: `M${x(sorted[0] as number).toFixed(1)} ${y(0)}${steps.join('')}`,
        fill: 'none',
        stroke: colour,
        'stroke-width': name === 'syncpair' ? 3 : 1.5,
      }),
      svg('line', { x1: from, x2: to, y1: row, y2: row, stroke: colour, 'stroke-width': 3 }),
      svg('text', { x: to + 6, y: row + 4 }, `${escape(name)} (${times.length})`),
    ];
  });
  return picture({ ...SIZE, title: 'Latency of one edit' }, ...axes, ...lines);
}
