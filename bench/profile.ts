/**
 * Tells in which functions the time of a profile went, and draws it. Profiles come from `NODE_OPTIONS=--cpu-prof`: docs/performance.md.
 *
 * Usage: node bench/profile.ts FILE.cpuprofile [FLAME-GRAPH.svg]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { callTree } from './profile/call-tree.ts';
import type { CpuProfile } from './profile/cpu-profile.ts';
import { flameGraph } from './profile/flame-graph.ts';
import { hottest } from './profile/hottest.ts';
import { placeOf } from './profile/place-of.ts';

const TOLD = 30;

const [file, picture] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node bench/profile.ts FILE.cpuprofile [FLAME-GRAPH.svg]\n');
  process.exit(2);
}
const tree = callTree(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, placeOf);
const milliseconds = (microseconds: number): string => (microseconds / 1000).toFixed(1).padStart(9);
const lines = hottest(tree)
  .slice(0, TOLD)
  .map(({ name, place, self, total }) => `${milliseconds(self)} ${milliseconds(total)}  ${name}  ${place}`);
if (picture !== undefined) writeFileSync(picture, flameGraph(tree, basename(file)));
process.stdout.write(`${(tree.total / 1000).toFixed(0)} ms of work\n     self     total  ms\n${lines.join('\n')}\n`);
