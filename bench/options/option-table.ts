/** What an option takes. */
export type OptionKind = 'switch' | 'count' | 'counts' | 'names' | 'text';

/** One option of `npm run bench`. */
export interface OptionLine {
  readonly kind: OptionKind;
  /** What it is where nothing is given; null: nothing. */
  readonly full: string | null;
  /** The same with `--quick`, where that differs. */
  readonly quick?: string;
  /** Options of compare.py are handed on to it, and have their defaults there. */
  readonly isOfComparison?: boolean;
  /** One line for `--help`. */
  readonly about: string;
}

/** Every option of `npm run bench`, in the order of `--help`. */
export const OPTION_TABLE = {
  quick: { kind: 'switch', full: null, about: 'small sizes: does the benchmark itself work here? Writes no results' },
  only: { kind: 'names', full: null, about: 'parts: compare, targets (all others), or trees, large, cuts, load; report measures nothing' },
  help: { kind: 'switch', full: null, about: 'tell this' },
  work: { kind: 'text', full: null, about: 'folder for temporary folders, instead of that of the system' },
  out: { kind: 'text', full: null, about: 'folder in which parts, page and plots are kept, instead of those of the bench' },
  profile: {
    kind: 'text',
    full: null,
    about: 'folder for a processor profile of every client and server; the figures then count for nothing',
  },
  trees: { kind: 'counts', full: '20000,100000,1000000', quick: '2000,20000', about: 'files of each tree; a second client for the first' },
  saves: { kind: 'count', full: '20', quick: '5', about: 'saves in each tree' },
  'rest-seconds': { kind: 'count', full: '60', quick: '5', about: 'how long each tree is left alone' },
  'scan-files': {
    kind: 'count',
    full: '100000',
    quick: '2000',
    about: 'a whole scan is measured in the largest tree of up to so many files',
  },
  'big-mib': { kind: 'count', full: '1024', quick: '64', about: 'the large file, here and in compare' },
  'cut-mib': { kind: 'count', full: '256', quick: '24', about: 'the file whose transfer is cut' },
  cuts: { kind: 'count', full: '8', quick: '2', about: 'how often it is cut, each way' },
  'cut-kib-per-second': { kind: 'count', full: '12500', about: 'the line on which it is cut' },
  seed: { kind: 'count', full: '1', about: 'of the moments of the cuts' },
  clients: { kind: 'count', full: '1000', quick: '100', about: 'clients connected to one server' },
  'load-seconds': { kind: 'count', full: '10', quick: '3', about: 'how long commits are made' },
  connections: { kind: 'count', full: '64', about: 'connections that commit at once' },
  rounds: { kind: 'count', full: '1', isOfComparison: true, about: 'rounds of compare, about 40 minutes each' },
  systems: { kind: 'names', full: null, isOfComparison: true, about: 'systems to compare' },
  workloads: { kind: 'names', full: null, isOfComparison: true, about: 'what to compare them in' },
  tree: { kind: 'text', full: null, isOfComparison: true, about: 'folder to sync instead of a generated one' },
  limit: { kind: 'count', full: null, isOfComparison: true, about: 'seconds after which a step is given up' },
  files: { kind: 'count', full: null, isOfComparison: true, about: 'files of the generated tree' },
  edits: { kind: 'count', full: null, isOfComparison: true, about: 'edits of 1 KB' },
  'slow-edits': { kind: 'count', full: null, isOfComparison: true, about: 'the same where each takes seconds' },
  'large-edits': { kind: 'count', full: null, isOfComparison: true, about: 'edits of 1 MB' },
  'burst-files': { kind: 'count', full: null, isOfComparison: true, about: 'new files at once' },
  'rename-files': { kind: 'count', full: null, isOfComparison: true, about: 'files in the renamed folder' },
  'memory-files': { kind: 'count', full: null, isOfComparison: true, about: 'tiny files of `memory`' },
  'idle-seconds': { kind: 'count', full: null, isOfComparison: true, about: 'length of `idle`' },
  'rclone-transport': { kind: 'names', full: null, isOfComparison: true, about: 'sftp or webdav' },
  'event-stream': { kind: 'text', full: null, isOfComparison: true, about: 'the event stream of the server, for `scale`' },
} as const satisfies Readonly<Record<string, OptionLine>>;

export type OptionName = keyof typeof OPTION_TABLE;
