import type { HistoryItem } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import type { DirectoryQueries } from '../../server/queries.ts';
import type { Style } from '../terminal.ts';
import { type DiffLine, diffLines } from './line-diff.ts';

/** Bytes of a side above which a difference is not for reading on a terminal. */
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 2_000;
/** Equal lines shown around a difference. */
const CONTEXT = 3;

/** The lines in which two short text files differ, `-` those of the loser and `+` those of the winner; nothing for everything else. */
export async function renderDifference(
  queries: DirectoryQueries,
  winner: HistoryItem,
  loser: HistoryItem,
  style: Style,
): Promise<string[]> {
  if (!isShortFile(winner) || !isShortFile(loser)) return [];
  const [won, lost] = await Promise.all([winner, loser].map((side) => readText(queries, side)));
  if (won === null || won === undefined || lost === null || lost === undefined) return [];
  const shown = nearDifferences(diffLines(lost, won));
  return ['', ...shown.map((line) => renderLine(line, style))];
}

const isShortFile = ({ kind, size }: HistoryItem): boolean => kind === 'file' && size !== null && size <= MAX_BYTES;

/** The lines of a file, or null when it is no text of a length to be shown. */
async function readText(queries: DirectoryQueries, { path, version }: HistoryItem): Promise<string[] | null> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await queries.content(path, version)) chunks.push(chunk);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    const lines = text.split('\n');
    return text.includes('\0') || lines.length > MAX_LINES ? null : lines;
  } catch {
    return null;
  }
}

/** Leaves out equal lines far from any difference; null stands for a gap. */
function nearDifferences(lines: readonly DiffLine[]): (DiffLine | null)[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ side }) => side !== 'both'));
  return lines.flatMap((line, index) => (near[index] === true ? [line] : near[index - 1] === true ? [null] : []));
}

function renderLine(line: DiffLine | null, style: Style): string {
  if (line === null) return style.dim('  …');
  const text = escapeText(line.text);
  switch (line.side) {
    case 'both':
      return `  ${text}`;
    case 'first':
      return style.bad(`- ${text}`);
    case 'second':
      return style.good(`+ ${text}`);
  }
}
