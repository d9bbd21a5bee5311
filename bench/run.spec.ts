import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeptParts } from './report/kept-parts.ts';
import { measurementsOf } from './report/measurements-of.ts';

const RUN = join(import.meta.dirname, 'run.ts');
let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'syncpair-bench-spec-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

// Small as it is, it waits for processes to be quiet; nothing here is a figure of speed.
test('a run keeps the figures of its parts and tells each target', { timeout: 240_000 }, () => {
  const sizes = ['--trees', '60', '--scan-files', '1', '--saves', '2', '--rest-seconds', '1', '--clients', '5', '--load-seconds', '1'];
  const printed = execFileSync(process.execPath, [RUN, '--quick', '--only', 'trees,load', '--out', out, '--connections', '4', ...sizes], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const records = new KeptParts(out).read();
  expect(records.map(({ part, failures }) => [part, failures])).toEqual([
    ['trees', []],
    ['load', []],
  ]);
  const { trees, load } = measurementsOf(records);
  expect(trees).toMatchObject([
    {
      files: 60,
      first: { allAtOther: expect.any(Number) as number },
      saves: { count: 2, heardMs: [expect.any(Number), expect.any(Number)] },
    },
  ]);
  expect(trees[0]?.rest?.indexBytes).toBeGreaterThan(0);
  expect(trees[0]?.restart?.readCalls).toBeGreaterThan(0);
  expect(load?.commits.map(({ what, directories }) => [what, directories])).toEqual([
    ['folders', 1],
    ['folders', 64],
    ['files', 1],
    ['files', 64],
  ]);
  expect(load).toMatchObject({ holding: { clients: 5 }, told: { subscribers: 5 }, back: { allBackMs: expect.any(Number) as number } });
  expect(printed).toMatch(/\| one save in a tree of 1,000,000 files \| at most 50 ms[^|]*\| [^|]*mean of 2 \| \w+, with 60 files \|/);
  expect(printed).toMatch(/\| a scan of 100,000 files \|[^|]*\| *\| not measured \|/);
  expect(readFileSync(join(out, 'RESULTS.md'), 'utf8')).toContain('![What grows with the tree, and what does not](plots/trees.svg)');
});

test('a report of nothing writes nothing', () => {
  const empty = join(out, 'empty');
  const { status, stderr } = spawnSync(process.execPath, [RUN, '--only', 'report', '--out', empty], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('nothing was measured here yet');
  expect(readdirSync(empty)).toEqual([]);
});

test('an option that is none ends with 2 and says what is known', () => {
  const { status, stderr } = spawnSync(process.execPath, [RUN, '--only', 'speed'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('bench: --only knows compare, trees');
});
