import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrives } from '../harness/files.ts';
import { putInPlace } from '../harness/put-in-place.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';
import { canTrace } from './injection.ts';
import { traceWhile } from './trace.ts';

const MIB = 1024 * 1024;
const CALLS = 'fsync,fdatasync,rename,link,pwrite64';

const world = useWorld();

/** Where a line that matches comes first after a place; it must come. */
function after(lines: readonly string[], from: number, pattern: RegExp): number {
  const found = lines.findIndex((line, at) => at > from && pattern.test(line));
  if (found < 0) throw new Error(`no ${pattern} after line ${from} of\n${lines.join('\n').slice(0, 6_000)}`);
  return found;
}

/** The names under which contents were staged and then given their own, with the line that did so. */
const namings = (lines: readonly string[]): { name: string; at: number }[] =>
  lines.flatMap((line, at) => {
    const name = /(?:rename|link)\("[^"]*\/([^"/]+)", "[^"]*"/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, at }];
  });

test.skipIf(!canTrace())('a client flushes a content before it names it, and the folder before it records it (R33) [CRA-13]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('replaced'), 'first');
  await arrives(bob.at('replaced'), 'first');
  await stabilise([alice, bob]);
  const lines = await traceWhile(bob.process.pid, CALLS, join(world.folder, 'client.strace'), async () => {
    writeFileSync(alice.at('replaced'), 'second');
    await arrives(bob.at('replaced'), 'second');
    writeFileSync(alice.at('new'), 'new');
    await arrives(bob.at('new'), 'new');
    await stabilise([alice, bob]);
  });
  const staged = namings(lines).filter(({ name }) => lines.some((line) => line.includes(`.syncpair_staging/${name}>`)));
  expect(staged.length).toBeGreaterThanOrEqual(2);
  for (const { name, at } of staged) {
    expect(after(lines, -1, new RegExp(`fsync\\(\\d+<[^>]*\\.syncpair_staging/${name}>`))).toBeLessThan(at);
    const folder = after(lines, at, new RegExp(`fsync\\(\\d+<${bob.folder}>`));
    expect(after(lines, at, /pwrite64\(\d+<[^>]*\.syncpair_state\.db-wal>/)).toBeGreaterThan(folder);
  }
});

test.skipIf(!canTrace())('a server flushes contents, their names and packs before it answers (R33) [CRA-13]', async () => {
  const [alice] = await world.started(['alice']);
  const lines = await traceWhile(world.server.process.pid, CALLS, join(world.folder, 'server.strace'), async () => {
    putInPlace(alice, 'large', randomBytes(3 * MIB));
    for (let n = 0; n < 30; n += 1) writeFileSync(alice.at(`small ${n}`), randomBytes(20_000));
    await stabilise([alice]);
  });
  const [named] = namings(lines).filter(({ name }) => lines.some((line) => line.includes(`/tmp/${name}>`)));
  expect(named).toBeDefined();
  expect(after(lines, -1, new RegExp(`fsync\\(\\d+<[^>]*/tmp/${named?.name}>`))).toBeLessThan(named?.at ?? 0);
  after(lines, named?.at ?? 0, /fsync\(\d+<[^>]*\/objects\/[0-9a-f]{2}>/);
  const lastAppend = lines.findLastIndex((line) => /pwrite64\(\d+<[^>]*\.pack>/.test(line));
  expect(lastAppend).toBeGreaterThan(-1);
  after(lines, lastAppend, /fdatasync\(\d+<[^>]*\.pack>/);
});
