import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { arrives, read } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';
import { Sampler } from './sampler.ts';

const world = useWorld({ testTimeout: 400_000 });

/** A text of 20 kB that is one save, whole; each of its lines says which. */
const save = (number: number): string => `save ${String(number).padStart(4, '0')}\n`.repeat(2_000);

function judgeSave(content: string | null): string | null {
  if (content === null) return 'the file was missing';
  return content === content.slice(0, 10).repeat(2_000) ? null : `a torn content of ${content.length} characters`;
}

test.each(['by a backup that is renamed', 'in place'])(
  'saves of vim (%s): the file is never missing or empty elsewhere, one version each [WRK-01]',
  async (how) => {
    const [alice, bob] = await world.started(['alice', 'bob'], { settings: { conflict_copies: true } });
    writeFileSync(alice.at('f.txt'), save(0));
    await arrives(bob.at('f.txt'), save(0));
    await stabilise([alice, bob]);
    const sampler = new Sampler(bob.at('f.txt'), judgeSave);
    for (let number = 1; number <= 5; number += 1) {
      writeFileSync(alice.at('.f.txt.swp'), 'swap');
      // Vim tries whether it can write into the folder.
      writeFileSync(alice.at('4913'), '');
      unlinkSync(alice.at('4913'));
      if (how === 'in place') {
        writeFileSync(alice.at('f.txt~'), save(number - 1));
        writeFileSync(alice.at('f.txt'), save(number));
      } else {
        renameSync(alice.at('f.txt'), alice.at('f.txt~'));
        writeFileSync(alice.at('f.txt'), save(number));
      }
      unlinkSync(alice.at('f.txt~'));
      unlinkSync(alice.at('.f.txt.swp'));
      await arrives(bob.at('f.txt'), save(number));
    }
    await stabilise([alice, bob]);
    sampler.stop();
    expect(sampler.faults).toEqual([]);
    expect(sampler.looks).toBeGreaterThan(20);
    const history = await bob.history();
    expect(history.filter(({ path, deleted }) => path === 'f.txt' && !deleted)).toHaveLength(6);
    expect(history.filter(({ path, deleted }) => path === 'f.txt' && deleted)).toEqual([]);
    expect(history.filter(({ path }) => path === '4913')).toEqual([]);
    expect(await bob.conflicts()).toEqual([]);
    expect(readdirSync(bob.folder).filter((name) => !name.startsWith('.syncpair'))).toEqual(['f.txt']);
  },
);

test.each(['by a rename over it', 'by truncating it', 'in place'])(
  'a hundred saves (%s): readers elsewhere see whole saves only, and the last one arrives [WRK-02]',
  async (how) => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    writeFileSync(alice.at('f.txt'), save(0));
    await arrives(bob.at('f.txt'), save(0));
    const sampler = new Sampler(bob.at('f.txt'), judgeSave);
    for (let number = 1; number <= 100; number += 1) {
      if (how === 'by truncating it') writeFileSync(alice.at('f.txt'), save(number));
      else if (how === 'in place') {
        const descriptor = openSync(alice.at('f.txt'), 'r+');
        writeSync(descriptor, save(number), 0);
        closeSync(descriptor);
      } else {
        writeFileSync(alice.at('f.txt.tmp'), save(number));
        renameSync(alice.at('f.txt.tmp'), alice.at('f.txt'));
      }
      await delay(60);
    }
    await arrives(bob.at('f.txt'), save(100));
    await stabilise([alice, bob]);
    sampler.stop();
    expect(sampler.faults).toEqual([]);
    expect(read(alice.at('f.txt'))).toBe(save(100));
    expect(await alice.conflicts()).toEqual([]);
  },
);

/** Saves into mapped memory, of which the system tells nobody: a hundred texts like `save`, each written down before the next. */
const MAPPED_SAVES = `
import mmap, sys, time
with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0) as memory:
    for number in range(1, 101):
        memory[:] = ('save %04d\\n' % number).encode() * 2000
        memory.flush()
        time.sleep(0.06)
`;

test('a hundred saves into mapped memory: the file is never missing or cut elsewhere, and the last one is found and arrives [WRK-02]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 2 } });
  writeFileSync(alice.at('f.txt'), save(0));
  await arrives(bob.at('f.txt'), save(0));
  await stabilise([alice, bob]);
  // Half a save in memory can be read as what it is by then: that it is all there is what counts.
  const sampler = new Sampler(bob.at('f.txt'), (content) => (content?.length === save(0).length ? null : `${content?.length} characters`));
  await promisify(execFile)('python3', ['-c', MAPPED_SAVES, alice.at('f.txt')]);
  await arrives(bob.at('f.txt'), save(100));
  await stabilise([alice, bob]);
  sampler.stop();
  expect(sampler.faults).toEqual([]);
  expect(await alice.conflicts()).toEqual([]);
});

test('LibreOffice: a lock file comes and goes, the document is saved by a temporary one: it is right elsewhere [WRK-03]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  mkdirSync(alice.at('docs'));
  writeFileSync(alice.at('docs', 'letter.odt'), save(0));
  await arrives(bob.at('docs', 'letter.odt'), save(0));
  for (let number = 1; number <= 3; number += 1) {
    writeFileSync(alice.at('docs', '.~lock.letter.odt#'), ',alice,host,today;');
    writeFileSync(alice.at('docs', `lu${number}.tmp`), save(number));
    renameSync(alice.at('docs', `lu${number}.tmp`), alice.at('docs', 'letter.odt'));
    rmSync(alice.at('docs', '.~lock.letter.odt#'));
    await arrives(bob.at('docs', 'letter.odt'), save(number));
  }
  await stabilise([alice, bob]);
  expect(readdirSync(bob.at('docs'))).toEqual(['letter.odt']);
  expect(await bob.conflicts()).toEqual([]);
});
