const AT_END = /(?:\s*\[[A-Z]{3}-\d\d\])+$/;

/** The scenarios that a test plays, by its name: the ids in brackets at its end, as in `… [DEL-01] [DEL-02]`. */
export function tagsOf(name: string): string[] {
  return [...(AT_END.exec(name)?.[0] ?? '').matchAll(/\[([^\]]+)\]/g)].map(([, id = '']) => id);
}

/** The same, of every test whose name stands in a source text. */
export function tagsIn(source: string): string[] {
  return [...source.matchAll(/((?:\s*\[[A-Z]{3}-\d\d\])+)['"`]/g)].flatMap(([, tags = '']) => tagsOf(tags));
}
