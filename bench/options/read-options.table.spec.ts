import { expect, test } from 'vitest';
import { help } from './help.ts';
import { OPTION_TABLE } from './option-table.ts';
import { readOptions } from './read-options.ts';

const read = (text: string) => readOptions(text === '' ? [] : text.split(' '));
const optionsOf = (text: string) => {
  const found = read(text);
  if (found.kind !== 'options') throw new Error(JSON.stringify(found));
  return found.options;
};

test.each([
  ['', ['compare', 'trees', 'large', 'cuts', 'load']],
  ['--only targets', ['trees', 'large', 'cuts', 'load']],
  ['--only compare', ['compare']],
  ['--only load,trees', ['trees', 'load']],
  ['--only targets,compare', ['compare', 'trees', 'large', 'cuts', 'load']],
  ['--only report', []],
])('npm run bench -- %s measures %s', (args, parts) => {
  expect(optionsOf(args).parts).toEqual(parts);
});

test.each([
  ['--only speed', /--only knows compare, trees, large, cuts, load, targets .* not "speed"/],
  ['--only report,load', /report measures nothing/],
  ['--rounds none', /--rounds takes a whole number from 1 on, not "none"/],
  ['--clients 0', /--clients takes a whole number/],
  ['--trees 10,,20', /--trees takes whole numbers with commas/],
  ['--trees=', /--trees takes whole numbers/],
  ['--fast', /--fast/],
  ['somewhere', /somewhere/],
  ['--saves', /--saves/],
  ['--profile /tmp/p', /--profile slows down .* --quick, or --out/],
])('npm run bench -- %s is refused with its reason', (args, reason) => {
  expect(read(args)).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) as string });
});

test('quick sizes are smaller, and what is given counts in both', () => {
  expect(optionsOf('').trees).toEqual([20_000, 100_000, 1_000_000]);
  expect(optionsOf('--quick').trees).toEqual([2_000, 20_000]);
  expect(optionsOf('--quick --trees 500,100,500').trees).toEqual([100, 500]);
  expect(optionsOf('--quick').connections).toBe(optionsOf('').connections);
});

test('the comparison gets its own options, the sizes that are shared, and one round', () => {
  expect(optionsOf('').comparison).toEqual(['--big-mib', '1024', '--rounds', '1']);
  expect(optionsOf('--quick --rounds 3 --systems syncpair,rsync --saves 7').comparison).toEqual([
    '--quick',
    '--big-mib',
    '64',
    '--rounds',
    '3',
    '--systems',
    'syncpair,rsync',
  ]);
});

test('a profile is taken of what is not kept with the other figures', () => {
  expect(optionsOf('--quick --profile p').profile).toBe('p');
  expect(optionsOf('--profile p --out o')).toMatchObject({ profile: 'p', out: 'o', isQuick: false });
});

test('help names every option', () => {
  expect(read('--help --quick')).toEqual({ kind: 'help' });
  for (const name of Object.keys(OPTION_TABLE)) expect(help()).toContain(`--${name}`);
});
