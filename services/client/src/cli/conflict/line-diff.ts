export interface DiffLine {
  readonly side: 'both' | 'first' | 'second';
  readonly text: string;
}

/**
 * The lines of two texts in one order, each told where it stands: a longest common subsequence, by dynamic programming over what is left
 * between the common head and tail. Time and memory grow with the product of those rests.
 */
export function diffLines(first: readonly string[], second: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < first.length && head < second.length && first[head] === second[head]) head += 1;
  let tail = 0;
  while (tail < first.length - head && tail < second.length - head && first.at(-1 - tail) === second.at(-1 - tail)) tail += 1;
  const a = first.slice(head, first.length - tail);
  const b = second.slice(head, second.length - tail);
  const both = (text: string): DiffLine => ({ side: 'both', text });
  return [...first.slice(0, head).map(both), ...middle(a, b), ...first.slice(first.length - tail).map(both)];
}

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const width = b.length + 1;
  // common[i * width + j]: the length of the longest common subsequence of a from i on and b from j on.
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ side: 'both', text: a[i] as string });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push({ side: 'first', text: a[i++] as string });
    else lines.push({ side: 'second', text: b[j++] as string });
  }
  return lines;
}
