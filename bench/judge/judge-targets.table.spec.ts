import { expect, test } from 'vitest';
import { ALL_HELD } from './fixtures/all-held.ts';
import { judgeTargets } from './judge-targets.ts';
import type { Measurements } from './measurements.ts';

/** A copy in which the figures at some places are others. `trees.2.rest.rssBytes` */
function change(measured: Measurements, places: Readonly<Record<string, number>>): Measurements {
  const copy = structuredClone(measured);
  for (const [place, value] of Object.entries(places)) {
    const steps = place.split('.');
    const holder = steps.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy);
    if (typeof holder !== 'object' || holder === null) throw new Error(`no such place: ${place}`);
    (holder as Record<string, number>)[steps.at(-1) as string] = value;
  }
  return copy;
}

const median = (workload: string, metric: string, system = 'syncpair'): string =>
  `compare.summary.${workload}.${metric}.systems.${system}.median`;
const missedBy = (measured: Measurements): string[] =>
  judgeTargets(measured)
    .filter(({ verdict }) => verdict === 'missed')
    .map(({ work, aim }) => `${work}: ${aim}`);

test('figures just within the targets hold all of them', () => {
  const verdicts = judgeTargets(ALL_HELD);
  expect(verdicts.filter(({ verdict, size }) => verdict !== 'held' || size !== null)).toEqual([]);
  expect(verdicts.length).toBeGreaterThan(30);
});

test.each<[string, number, RegExp[]]>([
  [median('initial', 'seconds'), 4.1, [/tree of 20,000.*2 × rsync/, /tree of 20,000.*8 × faster/]],
  [median('initial', 'seconds', 'rsync'), 1.9, [/2 × rsync/]],
  [median('latency', 'p50'), 50.1, [/1 KB.*at most 50/, /1 KB.*20 × faster/]],
  [median('latency', 'p99'), 151, [/p99/]],
  [median('latency', 'large_p50'), 151, [/1 MB/]],
  [median('burst', 'seconds'), 1.1, [/1,000 new.*3 × faster/]],
  [median('memory', 'seconds'), 10.1, [/tiny.*2.5 × rsync/, /tiny.*4 × faster/]],
  [median('big', 'seconds'), 6.1, [/1 GiB.*1 × rsync/, /1 GiB.*one durable write/]],
  [median('limits', 'write', 'limit'), 0.9, [/one durable write/]],
  [median('delta', 'head_hop'), 1.1, [/1 byte.*2 × rsync/]],
  [median('rename', 'seconds'), 2.1, [/renamed.*2.00 s/]],
  [median('rename', 'wire'), 3.1, [/renamed.*3.00 MB/]],
  ['large.growth.b', 201e6, [/memory of every process/]],
  ['large.head.downBytes', 1.1e6, [/each way/]],
  ['cuts.0.passedCut', 258 * 2 ** 20 + 2, [/upload.*one chunk/]],
  ['cuts.1.passedCut', 258 * 2 ** 20 + 2, [/download.*one chunk/]],
  ['trees.0.first.firstAtOther', 5.1, [/B writes while/]],
  ['trees.1.restart.seconds', 3.1, [/in sync within 3 s/]],
  ['trees.1.restart.readCalls', 100_000, [/no hashing/]],
  ['trees.1.scan.cpuSeconds', 1.1, [/scan of 100,000/]],
  ['trees.2.saves.clientCpuMs', 51, [/save.*client/]],
  ['trees.2.saves.serverCpuMs', 15.1, [/save.*independent/]],
  ['trees.0.saves.serverCpuMs', 6, [/save.*independent/]],
  ['trees.1.rest.rssBytes', 151e6, [/memory at 100,000.*150 MB/]],
  ['trees.2.rest.rssBytes', 301e6, [/memory at 1,000,000.*300 MB/]],
  ['trees.2.rest.rssAfterBytes', 321e6, [/flat over time/]],
  ['trees.2.rest.indexBytes', 350_000_001, [/350 bytes/]],
  ['trees.0.rest.clientCpuSeconds', 0.21, [/idle.*client/]],
  ['trees.0.rest.serverCpuSeconds', 0.21, [/idle.*server/]],
  ['load.commits.0.perSecond', 999, [/folders, one hot/]],
  ['load.commits.1.perSecond', 999, [/folders, 64/]],
  ['load.commits.2.perSecond', 999, [/files of 1 kB, one hot/]],
  ['load.commits.3.perSecond', 999, [/files of 1 kB, 64/]],
  ['load.holding.serverMb', 1_001, [/connected clients/]],
  ['load.told.p95Ms', 501, [/told to 1,000/]],
  ['load.back.allBackMs', 10_001, [/come back/]],
])('%s of %d misses what it is the figure of', (place, value, missed) => {
  expect(missedBy(change(ALL_HELD, { [place]: value }))).toEqual(missed.map((each) => expect.stringMatching(each) as string));
});

test('what was not measured is neither held nor missed', () => {
  const verdicts = judgeTargets({ compare: null, trees: [], large: null, cuts: [], load: null });
  expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['not measured']));
  const parts = judgeTargets({ ...ALL_HELD, trees: [{ files: 20_000 }], large: { mebibytes: 64, growth: { a: 1, b: 1, server: 1 } } });
  expect(parts.filter(({ work, verdict }) => /save|restart|each way/.test(work) && verdict !== 'not measured')).toEqual([]);
});

test('another size than that of the target is told', () => {
  const quick = { ...ALL_HELD, trees: ALL_HELD.trees.slice(0, 1), load: change(ALL_HELD, { 'load.holding.clients': 50 }).load };
  const sizes = judgeTargets(quick).filter(({ size }) => size !== null);
  expect(sizes.map(({ work, size }) => `${work}: ${size}`)).toEqual(
    expect.arrayContaining([
      'one save in a tree of 1,000,000 files: 20,000 files',
      'client memory at 100,000 files: 20,000 files',
      '1,000 connected clients: 50 clients',
    ]),
  );
});

test('bytes each way are not set beside those of rsync for a file of another size', () => {
  const verdicts = judgeTargets(change(ALL_HELD, { 'large.mebibytes': 64 }));
  expect(verdicts.find(({ aim }) => aim.includes('each way'))?.verdict).toBe('not measured');
});
