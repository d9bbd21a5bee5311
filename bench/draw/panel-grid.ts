import { type Bars, barPanel, heightOfPanel } from './bar-panel.ts';
import { picture } from './picture.ts';

const WIDTH = 420;
const MARGIN = 16;
const COLUMNS = 2;

/** A picture of panels, two in a row; null of none. */
export function panelGrid(title: string, panels: readonly Bars[]): string | null {
  if (panels.length === 0) return null;
  const rows = Array.from({ length: Math.ceil(panels.length / COLUMNS) }, (_, row) => panels.slice(row * COLUMNS, (row + 1) * COLUMNS));
  let y = MARGIN;
  const drawn = rows.flatMap((row) => {
    const top = y;
    y += Math.max(...row.map(({ bars }) => heightOfPanel(bars.length))) + MARGIN;
    return row.map((bars, column) => barPanel(bars, { x: MARGIN + column * (WIDTH + MARGIN), y: top, width: WIDTH }));
  });
  return picture({ width: COLUMNS * (WIDTH + MARGIN) + MARGIN, height: y, title }, ...drawn);
}
