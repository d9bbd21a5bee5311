import { MAX_CHUNK_BYTES } from '@syncpair/contracts';
import { medianOf } from '../compare/median-of.ts';
import type { CutFigures } from '../cuts/cut-figures.ts';
import { readable } from './readable.ts';
import { sizeOf } from './size-of.ts';
import type { Target } from './target.ts';

const MB = 1e6;
const MIB = 1024 * 1024;
const TARGET_MIB = 1_024;
const MOST_GROWTH_MB = 200;
const TIMES_RSYNC = 2;

const MEMORY: Target = {
  work: 'one file of 1 GiB, A → server → B',
  aim: `memory of every process at most ${MOST_GROWTH_MB} MB above idle`,
  find: ({ large }) => {
    if (large === null) return null;
    const grown = Object.entries(large.growth).map(([name, bytes]) => [name, bytes / MB] as const);
    return {
      text: grown.map(([name, megabytes]) => `${name} ${readable(megabytes)} MB`).join(', '),
      isHeld: grown.every(([, megabytes]) => megabytes <= MOST_GROWTH_MB),
      size: sizeOf(large.mebibytes, TARGET_MIB, 'MiB'),
    };
  },
};

const HEAD_EACH_WAY: Target = {
  work: '1 byte put before 1 GiB',
  aim: `at most ${TIMES_RSYNC} × rsync's bytes on the wire, each way`,
  find: ({ large, compare }) => {
    const rsync = medianOf(compare, 'delta', 'head_hop', 'rsync');
    // Its bytes depend on the size of the file.
    if (large?.head === undefined || rsync === null || compare?.parameters.big_mib !== large.mebibytes) return null;
    const { upBytes, downBytes } = large.head;
    return {
      text: `up ${readable(upBytes / MB)} MB, down ${readable(downBytes / MB)} MB, rsync ${readable(rsync)} MB`,
      isHeld: Math.max(upBytes, downBytes) <= TIMES_RSYNC * rsync * MB,
      size: sizeOf(large.mebibytes, TARGET_MIB, 'MiB'),
    };
  },
};

const cutTarget = (way: CutFigures['way'], name: string): Target => ({
  work: `${name} that is cut at any point`,
  aim: 'a cut sends at most one chunk (1 MiB) again',
  find: ({ cuts }) => {
    const found = cuts.find((each) => each.way === way);
    if (found === undefined) return null;
    const again = (found.passedCut - found.passedUncut) / found.cutAt.length;
    return {
      text:
        `${readable(again / MIB)} MiB a cut: ${found.cutAt.length} cuts of ${found.mebibytes} MiB ` +
        `at ${readable(found.bytesPerSecond / MB)} MB/s`,
      isHeld: again <= MAX_CHUNK_BYTES,
    };
  },
});

/** Targets of large contents. */
export const LARGE_TARGETS: readonly Target[] = [MEMORY, HEAD_EACH_WAY, cutTarget('up', 'an upload'), cutTarget('down', 'a download')];
