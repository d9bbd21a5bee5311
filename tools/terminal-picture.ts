/**
 * Runs a command in a terminal of its own and draws what it shows as an SVG. Needs the `script` of util-linux, which every Linux has.
 *
 * Usage: node tools/terminal-picture.ts [PICTURE.svg] [-- COMMAND [ARGUMENT…]]
 * Without arguments: `docs/images/demo.svg` from `npm run demo`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readScreen } from './terminal/screen.ts';
import { screenSvg } from './terminal/screen-svg.ts';

const ROOT = join(import.meta.dirname, '..');
const COLUMNS = 108;
/** Bytes of output; more is no picture. */
const MOST_OUTPUT = 4 * 1024 * 1024;

const quote = (word: string): string => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const args = process.argv.slice(2);
const split = args.indexOf('--');
const [picture = join(ROOT, 'docs/images/demo.svg')] = split < 0 ? args : args.slice(0, split);
const command = split < 0 ? ['node', 'tools/demo.ts', '--exit'] : args.slice(split + 1);
if (command.length === 0) throw new Error('which command? node tools/terminal-picture.ts PICTURE.svg -- COMMAND');

const told = split < 0 ? 'npm run demo' : command.join(' ');
const { NO_COLOR: _, ...env } = process.env;
const { stdout, status, error } = spawnSync(
  'script',
  ['-qec', `stty cols ${COLUMNS} rows 60; exec ${command.map(quote).join(' ')}`, '/dev/null'],
  {
    cwd: split < 0 ? ROOT : process.cwd(),
    env: { ...env, TERM: 'xterm-256color' },
    maxBuffer: MOST_OUTPUT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
if (error !== undefined) throw error;
if (status !== 0) {
  process.stderr.write(`${stdout}\n"${told}" ended with ${status}; there is no picture of that\n`);
  process.exitCode = 1;
} else {
  writeFileSync(resolve(picture), screenSvg(readScreen(stdout), { title: told, columns: COLUMNS }));
  process.stdout.write(`${picture} shows "${told}"\n`);
}
