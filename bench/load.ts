/**
 * What one server carries, by itself: the part `load` of `npm run bench`.
 *
 * Usage: npm run bench:load -- [--clients 1000] [--load-seconds 10] [--connections 64]
 */
import { measureLoad } from './load/measure-load.ts';
import { readOptions } from './options/read-options.ts';
import { recordPart } from './report/record-part.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const read = readOptions([...process.argv.slice(2), '--only', 'load']);
if (read.kind === 'options') {
  const { failures, figures } = await recordPart('load', 'npm run bench:load', (run) => measureLoad(read.options, run), say);
  process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
  if (failures.length > 0) process.exitCode = 1;
} else {
  say(
    read.kind === 'refused' ? `bench: ${read.reason}` : 'usage: npm run bench:load -- [--clients N] [--load-seconds N] [--connections N]',
  );
  process.exitCode = 2;
}
