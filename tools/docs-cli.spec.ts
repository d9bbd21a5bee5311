import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../services/client/src/cli/program.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/cli.md'), 'utf8');

/** The part of the page below the heading of a command, to the next heading of the same level or a higher one. */
function section(called: string): string | null {
  const start = page.search(new RegExp(`^## .*\`${called}\``, 'm'));
  if (start < 0) return null;
  const rest = page.slice(start);
  const end = rest.slice(1).search(/^## /m);
  return end < 0 ? rest : rest.slice(0, end + 1);
}

function* leaves(command: Command, called = 'syncpair'): Generator<{ called: string; options: string[] }> {
  for (const below of command.commands) {
    const name = `${called} ${below.name()}`;
    if (below.commands.length > 0) yield* leaves(below, name);
    else yield { called: name, options: below.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []) };
  }
}

/** The options that the first column of the section's table names. */
const toldOptions = (text: string): string[] => [...text.matchAll(/^\| `(?:-\w, )?(--[\w-]+)/gm)].map(([, option = '']) => option);

test.each([...leaves(buildProgram(() => Promise.resolve()))])('docs/cli.md tells of $called and its options', ({ called, options }) => {
  const text = section(called);
  expect(text, `docs/cli.md needs a heading "## \`${called}\`"`).not.toBeNull();
  expect(toldOptions(text ?? '').sort(), `the table below "## \`${called}\`" has a row for each option`).toEqual([...options].sort());
});

test('docs/cli.md tells of no command that does not exist', () => {
  const known = new Set([...leaves(buildProgram(() => Promise.resolve()))].map(({ called }) => called));
  const told = [...page.matchAll(/^## (.*)$/gm)].flatMap(([, heading = '']) => [...heading.matchAll(/`(syncpair [^`]*)`/g)]);
  expect(told.map(([, called]) => called).filter((called) => !known.has(called ?? ''))).toEqual([]);
});
