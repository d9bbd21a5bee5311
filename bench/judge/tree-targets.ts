import type { TreeFigures } from '../trees/tree-figures.ts';
import type { Measurements } from './measurements.ts';
import { readable } from './readable.ts';
import { sizeOf } from './size-of.ts';
import type { Finding, Target } from './target.ts';

const MB = 1e6;
/** Of the server's processor time for one save, from the smallest tree to the largest: 20 saves tell it no better. */
const SAME_COST = 1.5;
/** What memory may be more after a while without being taken for growth. */
const FLAT = { times: 1.05, megabytes: 5 };

type Step = Exclude<keyof TreeFigures, 'files'>;

/** A target of one step in a tree of a size; where that size was not measured, the largest tree with that step. */
function treeTarget<S extends Step>(
  { work, aim, files, step }: { readonly work: string; readonly aim: string; readonly files: number; readonly step: S },
  judge: (
    figures: NonNullable<TreeFigures[S]>,
    measured: { readonly files: number; readonly trees: Measurements['trees'] },
  ) => Finding | null,
): Target {
  return {
    work,
    aim,
    find: ({ trees }) => {
      const having = trees.filter((tree) => tree[step] !== undefined);
      const tree = having.find((each) => each.files === files) ?? having.toSorted((a, b) => a.files - b.files).at(-1);
      const figures = tree?.[step];
      if (tree === undefined || figures === undefined) return null;
      const finding = judge(figures, { files: tree.files, trees });
      return finding === null ? null : { ...finding, size: sizeOf(tree.files, files, 'files') };
    },
  };
}

const memoryTarget = (files: number, megabytes: number): Target =>
  treeTarget(
    { work: `client memory at ${files.toLocaleString('en')} files`, aim: `at most ${megabytes} MB`, files, step: 'rest' },
    ({ rssBytes, pssBytes, peakBytes }) => ({
      text: `${readable(rssBytes / MB)} MB at rest (PSS ${readable(pssBytes / MB)}, peak ${readable(peakBytes / MB)})`,
      isHeld: rssBytes <= megabytes * MB,
    }),
  );

const idleTarget = (who: 'client' | 'server'): Target =>
  treeTarget(
    { work: `idle with 20,000 files: the ${who}`, aim: 'at most 0.2 s of processor time a minute', files: 20_000, step: 'rest' },
    ({ seconds, clientCpuSeconds, serverCpuSeconds }) => {
      const aMinute = ((who === 'client' ? clientCpuSeconds : serverCpuSeconds) / seconds) * 60;
      return { text: `${readable(aMinute)} s a minute, over ${seconds} s`, isHeld: aMinute <= 0.2 };
    },
  );

/** Targets of trees of many files. */
export const TREE_TARGETS: readonly Target[] = [
  {
    work: 'first sync of a tree',
    aim: 'B writes while A still uploads',
    find: ({ trees }) => {
      const tree = trees.find(({ first }) => typeof first?.firstAtOther === 'number');
      const { upSeconds, firstAtOther, allAtOther } = tree?.first ?? {};
      if (tree === undefined || upSeconds === undefined || typeof firstAtOther !== 'number') return null;
      return {
        text:
          `B's first file after ${readable(firstAtOther)} s, A's last upload after ${readable(upSeconds)} s` +
          (typeof allAtOther === 'number' ? `, all at B after ${readable(allAtOther)} s` : ''),
        isHeld: firstAtOther < upSeconds,
        size: sizeOf(tree.files, 20_000, 'files'),
      };
    },
  },
  treeTarget(
    { work: 'restart with nothing changed, 100,000 files', aim: 'in sync within 3 s', files: 100_000, step: 'restart' },
    ({ seconds, cpuSeconds }) => ({ text: `${readable(seconds)} s, ${readable(cpuSeconds)} s of processor time`, isHeld: seconds <= 3 }),
  ),
  treeTarget(
    {
      work: 'restart with nothing changed, 100,000 files',
      aim: 'no hashing: fewer read calls than files',
      files: 100_000,
      step: 'restart',
    },
    ({ readCalls, bytesRead }, { files }) => ({
      text: `${readable(readCalls)} read calls, ${readable(bytesRead / MB)} MB, for ${files.toLocaleString('en')} files`,
      isHeld: readCalls < files,
    }),
  ),
  treeTarget(
    { work: 'a scan of 100,000 files', aim: 'at most 2 × an rsync that finds nothing', files: 100_000, step: 'scan' },
    ({ cpuSeconds, rsyncCpuSeconds }) => ({
      text: `${readable(cpuSeconds)} s of processor time, rsync ${readable(rsyncCpuSeconds)} s`,
      isHeld: cpuSeconds <= 2 * rsyncCpuSeconds,
    }),
  ),
  treeTarget(
    {
      work: 'one save in a tree of 1,000,000 files',
      aim: 'at most 50 ms of processor time at the client',
      files: 1_000_000,
      step: 'saves',
    },
    ({ clientCpuMs, count }) => ({ text: `${readable(clientCpuMs)} ms, mean of ${count}`, isHeld: clientCpuMs <= 50 }),
  ),
  treeTarget(
    { work: 'one save in a tree of 1,000,000 files', aim: 'cost on the server independent of the tree', files: 1_000_000, step: 'saves' },
    ({ serverCpuMs }, { files, trees }) => {
      const smallest = trees.filter((tree) => tree.saves !== undefined && tree.files < files).toSorted((a, b) => a.files - b.files)[0];
      if (smallest?.saves === undefined) return null;
      const few = smallest.saves.serverCpuMs;
      return {
        text: `${readable(serverCpuMs)} ms, ${readable(few)} ms in one of ${smallest.files.toLocaleString('en')}`,
        isHeld: serverCpuMs <= SAME_COST * few,
      };
    },
  ),
  memoryTarget(100_000, 150),
  memoryTarget(1_000_000, 300),
  treeTarget(
    { work: 'client memory at 1,000,000 files', aim: 'flat over time', files: 1_000_000, step: 'rest' },
    ({ rssBytes, rssAfterBytes, seconds }) => ({
      text: `${readable(rssBytes / MB)} MB, ${readable(rssAfterBytes / MB)} MB after ${seconds} s`,
      isHeld: rssAfterBytes <= FLAT.times * rssBytes + FLAT.megabytes * MB,
    }),
  ),
  treeTarget(
    { work: 'index of 1,000,000 files', aim: 'at most 350 bytes a file', files: 1_000_000, step: 'rest' },
    ({ indexBytes }, { files }) => ({ text: `${readable(indexBytes / files)} bytes a file`, isHeld: indexBytes <= 350 * files }),
  ),
  idleTarget('client'),
  idleTarget('server'),
];
