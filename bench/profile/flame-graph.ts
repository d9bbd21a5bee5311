import { picture } from '../draw/picture.ts';
import { escape, svg } from '../draw/svg.ts';
import type { Call } from './call-tree.ts';

const WIDTH = 1_200;
const ROW = 17;
const HEAD = 28;
const MARGIN = 10;
/** Pixels; what is narrower is not drawn. */
const NARROWEST = 1;
const LETTER = 6.2;

/** Draws a tree of calls: as wide as their time, callers above. The place stands in the title of each, which browsers show. */
export function flameGraph(tree: Call, title: string): string {
  const perPixel = tree.total / (WIDTH - 2 * MARGIN);
  let deepest = 0;
  const drawn: string[] = [];
  const draw = (call: Call, left: number, depth: number): void => {
    const width = call.total / perPixel;
    if (!(width >= NARROWEST)) return;
    deepest = Math.max(deepest, depth);
    const top = HEAD + depth * ROW;
    const text = `${call.name} ${milliseconds(call.total)}`;
    drawn.push(
      svg(
        'g',
        {},
        svg('title', {}, escape(`${call.name} ${call.place}: ${milliseconds(call.total)}, itself ${milliseconds(call.self)}`)),
        svg('rect', { x: left, y: top, width: Math.max(NARROWEST, width - 0.5), height: ROW - 1, fill: colourOf(call.place) }),
        ...(text.length * LETTER < width ? [svg('text', { x: left + 3, y: top + 12, class: 'small' }, escape(text))] : []),
      ),
    );
    let at = left;
    for (const each of call.calls) {
      draw(each, at, depth + 1);
      at += each.total / perPixel;
    }
  };
  draw(tree, MARGIN, 0);
  const head = svg('text', { x: MARGIN, y: 18, class: 'bold' }, escape(`${title}: ${milliseconds(tree.total)} of work`));
  return picture({ width: WIDTH, height: HEAD + (deepest + 1) * ROW + MARGIN, title }, head, ...drawn);
}

const milliseconds = (microseconds: number): string => `${(microseconds / 1000).toFixed(microseconds < 10_000 ? 1 : 0)} ms`;

/** Our own code, what it uses, and Node.js. */
function colourOf(place: string): string {
  if (place === '' || place.startsWith('node:')) return '#c9d2dc';
  return place.includes('node_modules') ? '#e7cf8b' : '#9cc0ee';
}
