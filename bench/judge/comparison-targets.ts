import type { Comparison, ComparisonSizes } from '../compare/comparison.ts';
import { medianOf } from '../compare/median-of.ts';
import { readable } from './readable.ts';
import { sizeOf } from './size-of.ts';
import type { Finding, Target } from './target.ts';

const OURS = 'syncpair';

interface Place {
  readonly work: string;
  readonly workload: string;
  readonly metric: string;
  readonly unit: string;
  /** The size that the target is about. */
  readonly size: { readonly of: (compare: Comparison) => number; readonly target: number; readonly unit: string };
}

const sized = (name: keyof ComparisonSizes, target: number, unit: string): Place['size'] => ({
  of: ({ parameters }) => parameters[name],
  target,
  unit,
});

const TREE: Place['size'] = { of: ({ tree }) => tree.files, target: 20_000, unit: 'files' };
const INITIAL: Place = {
  work: 'first sync of a tree of 20,000 files, A → server → B',
  workload: 'initial',
  metric: 'seconds',
  unit: 's',
  size: TREE,
};
const EDIT: Place = { work: 'one edit of 1 KB, A to B', workload: 'latency', metric: 'p50', unit: 'ms', size: TREE };
const BURST: Place = {
  work: '1,000 new small files at once',
  workload: 'burst',
  metric: 'seconds',
  unit: 's',
  size: sized('burst_files', 1_000, 'files'),
};
const TINY: Place = {
  work: '100,000 tiny files, first sync',
  workload: 'memory',
  metric: 'seconds',
  unit: 's',
  size: sized('memory_files', 100_000, 'files'),
};
const BIG: Place = {
  work: 'one file of 1 GiB, A → server → B',
  workload: 'big',
  metric: 'seconds',
  unit: 's',
  size: sized('big_mib', 1_024, 'MiB'),
};
const HEAD: Place = { ...BIG, work: '1 byte put before 1 GiB', workload: 'delta', metric: 'head_hop', unit: 'MB a hop' };
const RENAME: Place = {
  work: 'folder of 10,000 files renamed',
  workload: 'rename',
  metric: 'seconds',
  unit: 's',
  size: sized('rename_files', 10_000, 'files'),
};

/** A target for a figure of ours; `judge` gets it with those of the systems named beside it. */
function target(
  place: Place,
  aim: string,
  beside: readonly string[],
  judge: (ours: number, ...others: number[]) => Omit<Finding, 'size'>,
): Target {
  const { work, workload, metric, size } = place;
  return {
    work,
    aim,
    find: ({ compare }) => {
      const figures = [OURS, ...beside].map((system) => medianOf(compare, workload, metric, system));
      if (compare === null || figures.some((figure) => figure === null)) return null;
      const [ours, ...others] = figures as [number, ...number[]];
      return { ...judge(ours, ...others), size: sizeOf(size.of(compare), size.target, size.unit) };
    },
  };
}

const atMost = (place: Place, limit: number): Target =>
  target(place, `at most ${readable(limit)} ${place.unit}`, [], (ours) => ({
    text: `${readable(ours)} ${place.unit}`,
    isHeld: ours <= limit,
  }));

const timesAtMost = (place: Place, peer: string, times: number): Target =>
  target(place, `at most ${times} × ${peer}`, [peer], (ours, theirs) => ({
    text: `${readable(ours)} ${place.unit}, ${peer} ${readable(theirs as number)}: ${readable(ours / (theirs as number))} ×`,
    isHeld: ours <= times * (theirs as number),
  }));

const timesFaster = (place: Place, peer: string, times: number): Target =>
  target(place, `at least ${times} × faster than ${peer}`, [peer], (ours, theirs) => ({
    text: `${readable(ours)} ${place.unit}, ${peer} ${readable(theirs as number)}: ${readable((theirs as number) / ours)} ×`,
    isHeld: (theirs as number) >= times * ours,
  }));

/** The large file beside Syncthing, which writes it once: we write it twice. */
const BESIDE_ONE_WRITE: Target = {
  work: BIG.work,
  aim: 'no slower than syncthing and one durable write of the file',
  find: ({ compare }) => {
    const [ours, theirs] = [OURS, 'syncthing'].map((system) => medianOf(compare, 'big', 'seconds', system));
    const write = medianOf(compare, 'limits', 'write', 'limit');
    if (compare === null || typeof ours !== 'number' || typeof theirs !== 'number' || write === null) return null;
    return {
      text: `${readable(ours)} s, syncthing ${readable(theirs)} + ${readable(write)} s`,
      isHeld: ours <= theirs + write,
      size: sizeOf(compare.parameters.big_mib, BIG.size.target, BIG.size.unit),
    };
  },
};

/** Targets that compare.py has the figures of. */
export const COMPARISON_TARGETS: readonly Target[] = [
  timesAtMost(INITIAL, 'rsync', 2),
  timesFaster(INITIAL, 'syncthing', 8),
  atMost(EDIT, 50),
  atMost({ ...EDIT, work: `${EDIT.work}: p99`, metric: 'p99' }, 150),
  timesFaster(EDIT, 'syncthing', 20),
  atMost({ ...EDIT, work: 'one edit of 1 MB, A to B', metric: 'large_p50' }, 150),
  timesFaster(BURST, 'syncthing', 3),
  timesAtMost(TINY, 'rsync', 2.5),
  timesFaster(TINY, 'syncthing', 4),
  timesAtMost(BIG, 'rsync', 1),
  BESIDE_ONE_WRITE,
  timesAtMost(HEAD, 'rsync', 2),
  atMost(RENAME, 2),
  atMost({ ...RENAME, metric: 'wire', unit: 'MB on the wire' }, 3),
];
