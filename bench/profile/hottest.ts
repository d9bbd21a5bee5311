import type { Call } from './call-tree.ts';

/** One function, wherever it was called. Times are microseconds. */
export interface Hot {
  readonly name: string;
  readonly place: string;
  readonly self: number;
  /** With everything that it called; where it calls itself, once. */
  readonly total: number;
}

/** Every function of a tree, those first in which most time was spent. */
export function hottest(tree: Call): Hot[] {
  const found = new Map<string, { name: string; place: string; self: number; total: number }>();
  const look = (call: Call, above: ReadonlySet<string>): void => {
    const key = `${call.name} ${call.place}`;
    const hot = found.get(key) ?? { name: call.name, place: call.place, self: 0, total: 0 };
    found.set(key, hot);
    hot.self += call.self;
    if (!above.has(key)) hot.total += call.total;
    const below = new Set(above).add(key);
    for (const each of call.calls) look(each, below);
  };
  look(tree, new Set());
  return [...found.values()].filter(({ name }) => name !== '(root)').toSorted((a, b) => b.self - a.self);
}
