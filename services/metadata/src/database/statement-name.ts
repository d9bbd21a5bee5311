/** Statements that are kept prepared; there are fewer in the code, so one whose text changes each time fills no connection. */
const MOST = 500;

const names = new Map<string, string>();

/** The name under which connections keep a statement prepared, the same for the same text; null when there are too many already. */
export function statementName(sql: string): string | null {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= MOST) return null;
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}
