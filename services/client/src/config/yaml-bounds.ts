import { Lexer } from 'yaml';

/** Lists and mappings within each other; a configuration needs 6. */
const MAX_DEPTH = 40;
/** Pieces of YAML: names, values, marks, spaces. Ten thousand patterns are 50,000. */
const MAX_TOKENS = 200_000;
/** What the lexer puts before documents, plain values and broken flow ends; not part of the text. */
const MARKS = new Set(['\u0002', '\u001f', '\u0018']);

/**
 * Looks for what would make a YAML parser run out of stack or time, before it is asked. Nothing that a person writes comes near.
 *
 * @returns where and why the text is refused, or null
 */
export function exceedsYamlBounds(text: string): { readonly offset: number; readonly message: string } | null {
  /** Columns of the lines in which the current one lies. */
  const indents: number[] = [];
  let [offset, tokens, flow, inLine, lineStart] = [0, 0, 0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    if (MARKS.has(token)) continue;
    if (++tokens > MAX_TOKENS) return { offset, message: 'the file has too many values; split it into several configurations' };
    if (token.trim() !== '' && !token.startsWith('#')) {
      if (token === '[' || token === '{') flow++;
      else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
      // Between brackets a line may hold many pairs beside each other, as JSON does; those that lie in each other have brackets of their own.
      else if (token === '-' || token === '?' || (token === ':' && flow === 0)) inLine++;
      if (text.slice(lineStart, offset).trim() === '') {
        while ((indents.at(-1) ?? -1) >= offset - lineStart) indents.pop();
        indents.push(offset - lineStart);
      }
      if (flow + inLine + indents.length > MAX_DEPTH)
        return { offset, message: `lists or mappings lie in each other more than ${MAX_DEPTH} deep; no setting needs that, remove them` };
    }
    const lineEnd = token.lastIndexOf('\n');
    if (lineEnd >= 0) [inLine, lineStart] = [0, offset + lineEnd + 1];
    offset += token.length;
  }
  return null;
}
