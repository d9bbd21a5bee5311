/**
 * Pieces of text that every path matched by a glob contains, at least; it may leave out some, and never names one too many. Brackets,
 * escapes and extended globs are not understood but stepped over: in each name only what stands before the first and after the last of
 * them counts.
 */
export function globLiterals(glob: string): string[] {
  return glob
    .split('/')
    .flatMap(nameLiterals)
    .filter((literal) => literal !== '');
}

const SPECIAL = /[[\]()\\]/;

function nameLiterals(name: string): string[] {
  const first = name.search(SPECIAL);
  if (first < 0) return name.split(/[*?]+/);
  const last = name.length - 1 - (/[^[\]()\\]*$/.exec(name)?.[0].length ?? 0);
  // The character before a parenthesis may be the mark of an extended glob, the one after a backslash belongs to it.
  const before = name.slice(0, name[first] === '(' ? Math.max(0, first - 1) : first);
  const after = name.slice(last + (name[last] === '\\' ? 2 : 1));
  return [...before.split(/[*?]+/), ...after.split(/[*?]+/)];
}
