import { expect, test } from 'vitest';
import { ALL_HELD } from '../judge/fixtures/all-held.ts';
import type { Measurements } from '../judge/measurements.ts';
import { PLOTS } from './plots.ts';

const LATENCIES = { syncpair: [20, 22, 25, 90], 'a <b>': [700, 1_100], none: [] };
const MEASURED: Measurements = { ...ALL_HELD, compare: ALL_HELD.compare && { ...ALL_HELD.compare, latencies: LATENCIES } };
const NOTHING: Measurements = { compare: null, trees: [], large: null, cuts: [], load: null };

const draw = (name: string, measured = MEASURED): string | null => PLOTS.find((plot) => plot.name === name)?.draw(measured) ?? null;

/** Names of the elements that are open at the end, or that end without having begun. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  for (const [, end, name, closed] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (end === '' && closed === '') open.push(name as string);
    else if (end === '/' && open.pop() !== name) return [name as string];
  }
  return open;
}

test.each(PLOTS.map(({ name }) => name))('the plot %s is one whole picture, with no figure that is none', (name) => {
  const svg = draw(name) ?? '';
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(unbalanced(svg)).toEqual([]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  expect(draw(name, NOTHING)).toBeNull();
});

test('the comparison has every workload that was measured, its systems and what the axis counts', () => {
  const svg = draw('comparison') ?? '';
  for (const text of ['First sync of 20,000 files', 'One edit of 1 KB', 'One file of 1024 MiB', 'syncthing', 'seconds; less is better'])
    expect(svg).toContain(text);
  expect(svg).toContain('milliseconds, logarithmic');
  expect(svg).not.toContain('Idle');
});

test('a tree has a bar in each panel, and a step that failed has none', () => {
  const svg = draw('trees', { ...MEASURED, trees: [...MEASURED.trees, { files: 3_000_000 }] }) ?? '';
  expect(svg.match(/>1,000,000 files</g)?.length).toBe(6);
  expect(svg).not.toContain('3,000,000');
});

test('a line of the latencies begins at nothing and ends at all of the edits', () => {
  const svg = draw('latency') ?? '';
  const paths = [...svg.matchAll(/ d="M[\d.]+ ([\d.]+)[^"]*V([\d.]+)"/g)].map(([, from, to]) => [from, to]);
  expect(paths).toHaveLength(2);
  expect(new Set(paths.map(String)).size).toBe(1);
  expect(svg).toContain('a &lt;b&gt;');
  expect(svg).not.toContain('none<');
});
