import type { Place } from './config.ts';
import { quote } from './quote.ts';

/** A line that holds more than a comment. */
interface Line {
  readonly number: number;
  /** Spaces before it. */
  readonly indent: number;
  readonly isItem: boolean;
  /** Columns (from 0) of its dashes and of its key. */
  readonly opens: readonly Opening[];
  readonly key: string | null;
  readonly keyIndent: number;
  /** What follows the key's colon or the dash. */
  readonly value: string;
}

interface Opening {
  readonly indent: number;
  /** Null for a dash. */
  readonly key: string | null;
}

/**
 * Finds the line whose indentation made the YAML wrong, at `errorLine` or the next one, and says how many spaces it should have.
 *
 * @returns null when the indentation there is right
 */
export function explainIndentation(text: string, errorLine: number): (Place & { readonly message: string }) | null {
  const open: Opening[] = [];
  let before: Line | null = null;
  for (const line of linesOf(text)) {
    if (before !== null && before.number > errorLine) return null;
    const message = line.number < errorLine ? null : (tooDeep(line, before) ?? fitsNowhere(line, open));
    if (message !== null) return { line: line.number, column: line.indent + 1, message };
    while ((open.at(-1)?.indent ?? -1) >= line.indent) open.pop();
    open.push(...line.opens);
    before = line;
  }
  return null;
}

function tooDeep(line: Line, before: Line | null): string | null {
  if (before === null || before.key === null || line.indent <= before.keyIndent || (line.key === null && !line.isItem)) return null;
  // Below a key without a value, or a block of text, a deeper line is right; in brackets or quotes it may be.
  if (/^$|^[&!]\S*$|^[|>[{]/.test(before.value)) return null;
  const it = nameOf(line);
  return `${it} is indented by ${spaces(line.indent)}, more than ${quote(before.key)} above, which it belongs beside; write ${spaces(before.keyIndent)} before it`;
}

function fitsNowhere(line: Line, open: readonly Opening[]): string | null {
  const left = open.filter(({ indent }) => indent >= line.indent);
  if (left.length === 0 || left.some(({ indent }) => indent === line.indent)) return null;
  if (line.key === null && !line.isItem) return null;
  const alike = (opening: Opening): boolean => (opening.key === null) === line.isItem;
  const deeper = left.find(alike);
  const shallower = open.findLast((opening) => opening.indent < line.indent && alike(opening));
  const choices = [deeper, shallower].filter((opening) => opening !== undefined);
  if (choices.length === 0) return null;
  const words = choices.map(({ indent, key }) => `${spaces(indent)} before it, as before ${key === null ? 'the "-"' : quote(key)} above`);
  return `${nameOf(line)} is indented by ${spaces(line.indent)} and so belongs to no line above; write ${words.join(', or ')}`;
}

const spaces = (count: number): string => (count === 0 ? 'no space' : count === 1 ? '1 space' : `${count} spaces`);

const nameOf = (line: Line): string => (line.isItem ? 'this "-"' : quote(line.key ?? ''));

const LINE = /^( *)((?:-(?: +|$))*)(?:((?:"[^"]*"|'[^']*'|[^\s#'"[\]{},&*!|>%@`-](?:[^:#]|:(?! |$)|(?<! )#)*?)) *:(?: +|$))?(.*)$/;

function* linesOf(text: string): Generator<Line> {
  let blockIndent: number | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const trimmed = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    if (trimmed === '') continue;
    const [, space = '', dashes = '', key = null, value = ''] = LINE.exec(trimmed) ?? [];
    if (blockIndent !== null && space.length > blockIndent) continue;
    blockIndent = /^[|>]/.test(value) ? space.length : null;
    const opens: Opening[] = [...dashes.matchAll(/-/g)].map((dash) => ({ indent: space.length + dash.index, key: null }));
    const keyIndent = space.length + dashes.length;
    if (key !== null) opens.push({ indent: keyIndent, key });
    yield { number: index + 1, indent: space.length, isItem: dashes !== '', opens, key, keyIndent, value };
  }
}
