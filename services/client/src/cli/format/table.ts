import { stripVTControlCharacters } from 'node:util';

// East Asian wide and full-width forms and pictographs take two columns of a terminal.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Made when it is first of use: it loads 3 MB of rules. */
let segments: Intl.Segmenter | undefined;

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);

  if (/^[\u0000-\u007f]*$/.test(plain)) return plain.length;
  let width = 0;
  segments ??= new Intl.Segmenter();
  for (const { segment } of segments.segment(plain)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Rows as aligned columns, two spaces apart; no spaces at a line's end. Columns whose number stands in `right` are aligned there.
 * A long text belongs into the last column.
 */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
        return right.includes(column) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}
