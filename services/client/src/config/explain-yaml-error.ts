import type { LineCounter, YAMLError } from 'yaml';
import type { Place } from './config.ts';
import { explainIndentation } from './explain-indentation.ts';
import { quote } from './quote.ts';

/** Codes that wrong indentation leads to, among other causes. */
const OF_INDENTATION = new Set([
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MISSING_CHAR',
  'BAD_INDENT',
  'UNEXPECTED_TOKEN',
  'BLOCK_IN_FLOW',
]);

/** Says in plain words what a YAML parser's first error is about. It never repeats a value, which may be secret, only what stands around it. */
export function explainYamlError(text: string, errors: readonly YAMLError[], lines: LineCounter): Place & { readonly message: string } {
  const [error] = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (error === undefined) throw new RangeError('there is no error to explain');
  const { line, col: column } = lines.linePos(error.pos[0]);
  const own = text.split('\n')[line - 1]?.trim() ?? '';

  const unclosed = openQuote(text, error, lines);
  if (unclosed !== null) return unclosed;
  const reference = /^(?:- +|[^\s:"']+: +)*(\*.*?)(?: +#.*)?$/.exec(own)?.[1];
  if (reference !== undefined && !/^\*\w*$/.test(reference))
    return { line, column: columnOf(text, line, reference), message: asReference(reference) };
  if (OF_INDENTATION.has(error.code)) {
    const indentation = explainIndentation(text, line);
    if (indentation !== null) return indentation;
  }
  return { line, column, message: inWords(error, own, errors) };
}

/** A pattern such as `*.tmp` without quotes is the most frequent slip in these files. */
export const asReference = (text: string): string =>
  `${quote(text)} begins with "*", which YAML takes for a reference; write it in quotes, as in "${text}"`;

const columnOf = (text: string, line: number, part: string): number => (text.split('\n')[line - 1]?.indexOf(part) ?? 0) + 1;

function inWords({ code, message }: YAMLError, line: string, errors: readonly YAMLError[]): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'the line is indented with a tab; write spaces, 2 for each level';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'the value has ": " in it; write the value in quotes';
    case 'MISSING_CHAR':
    case 'MULTILINE_IMPLICIT_KEY':
      return withoutColon(line, message);
    case 'MULTIPLE_DOCS':
      return 'a second document begins here; a file holds one configuration, remove this line or what follows';
    case 'BAD_DQ_ESCAPE':
      return 'in double quotes a backslash has a meaning of its own; write "/" for it, or single quotes around the value';
    case 'BAD_SCALAR_START':
      return `a value cannot begin with ${quote(/ ([^ ])$/.exec(message)?.[1] ?? '')}; write it in quotes`;
    case 'BAD_ALIAS':
      return 'a "*" by itself is not a value; write it in quotes, as in "*"';
    case 'TAG_RESOLVE_FAILED':
      return 'a value that begins with "!" is taken for a YAML tag; write it in quotes';
    case 'BAD_INDENT':
      if (message.startsWith('Flow'))
        return `the list or mapping in brackets is not closed; write ${quote(/ ([\]}])$/.exec(message)?.[1] ?? ']')} at its end`;
      return 'the line is not indented like those it belongs to; write the same number of spaces';
    case 'BLOCK_IN_FLOW':
      return 'a list or mapping in brackets is not closed above this line; close it, or write one value to a line without brackets';
    case 'KEY_OVER_1024_CHARS':
      return 'the text before ":" is longer than 1024 characters; write the name of a setting';
    case 'UNEXPECTED_TOKEN':
      if (errors.some((other) => other.message.includes('at node end')))
        return 'the value goes on after its end; write all of it in one pair of quotes';
      return 'this is not expected here; look for a missing quote, bracket or colon on this line or the one above';
    default:
      return `this is not valid YAML (${message}); mend it, or write the value in quotes`;
  }
}

function withoutColon(line: string, message: string): string {
  const glued = /^((?:- +)?)(\w+):(\S.*)$/.exec(line);
  if (glued !== null) return `there is no space after the colon of ${quote(glued[2] ?? '')}; write "${glued[2]}: " and then the value`;
  if (message.includes('Sequence item'))
    return 'the line is neither part of the list above nor indented like the line that began it; write "- " before it, or its spaces anew';
  if (/^[\w-]+$/.test(line)) return `${quote(line)} has no value; write "${line}: " and then the value`;
  return 'a name, a colon and a value are expected here; write "NAME: VALUE"';
}

/** The parser finds a missing quote at the end of the text; it is of use only where the quote was opened. */
function openQuote(text: string, error: YAMLError, lines: LineCounter): (Place & { message: string }) | null {
  const mark = /^Missing closing (["'])quote$/.exec(error.message)?.[1];
  if (mark === undefined) return null;
  const before = text.slice(0, error.pos[0]).trimEnd();
  const lone = before.split('\n').findIndex((line) => (line.replaceAll(/\\./g, '').split(mark).length - 1) % 2 === 1);
  const { line, col: column } =
    lone < 0 ? lines.linePos(error.pos[0]) : { line: lone + 1, col: (before.split('\n')[lone]?.indexOf(mark) ?? 0) + 1 };
  return { line, column, message: `a quote is opened here and not closed; write ${mark} at the end of the value` };
}
