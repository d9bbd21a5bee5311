import { hash } from 'node:crypto';

/** Statements that are kept prepared; there are fewer in the code, so one whose text changes each time fills no connection. */
const MOST = 500;

/** Hexadecimal digits of the SHA-256 of a text that tell it from every other. */
const DIGITS = 32;

const names = new Map<string, string>();

/**
 * The name under which connections keep a statement prepared; null when there are too many already. It is the text's own in every process:
 * behind a pooler that nobody told us of, one could otherwise run what another has prepared under the name.
 */
export function statementName(sql: string): string | null {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= MOST) return null;
  const name = `s${hash('sha256', sql).slice(0, DIGITS)}`;
  names.set(sql, name);
  return name;
}
