type Kind = 'file' | 'dir' | 'link';

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What each ignore pattern of a plan means: the oracle's own reading of them, which shares nothing with the engine's. */
const MEANINGS: Readonly<Record<string, (path: string, kind: Kind) => boolean>> = {
  '*.tmp': (path) => nameOf(path).endsWith('.tmp'),
  'cache/**': (path, kind) => (path === 'cache' && kind === 'dir') || path.startsWith('cache/'),
  'b/g': (path) => path === 'b/g',
  'k/': (path, kind) => kind === 'dir' && nameOf(path) === 'k',
  o: (path) => nameOf(path) === 'o',
};

/** True when an entry takes no part on a client with these patterns. @throws RangeError for a pattern without a known meaning */
export function ignores(patterns: readonly string[], path: string, kind: Kind): boolean {
  return patterns.some((pattern) => {
    const meaning = MEANINGS[pattern];
    if (meaning === undefined) throw new RangeError(`the oracle does not know the pattern ${pattern}`);
    return meaning(path, kind);
  });
}
