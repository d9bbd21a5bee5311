import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { read } from './harness/files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({ testTimeout: 300_000 });

/** Swaps the folder `d` with a link that leads outside, again and again. */
const SWAP = `
import os, sys
while True:
    try:
        os.rename('d', 'd.real.tmp'); os.symlink('../outside', 'd')
        os.unlink('d'); os.rename('d.real.tmp', 'd')
    except OSError:
        try: os.rename('d.real.tmp', 'd')
        except OSError: pass
`;

test('while a folder is swapped with a link that leads outside, nothing is written, changed or deleted outside [SEC-08]', async () => {
  const settings = { hold: 'off', ignore_patterns: ['*.tmp', '*.tmp/**'] };
  const [alice, bob] = await world.started(['alice', 'bob'], { settings });
  const outside = join(bob.home, 'outside');
  mkdirSync(outside);
  for (const name of ['f1', 'f2', 'canary']) writeFileSync(join(outside, name), `${name} outside`);
  mkdirSync(alice.at('d'));
  writeFileSync(alice.at('d', 'f0'), 'first');
  await until('it is there', () => (read(bob.at('d', 'f0')) === 'first' ? true : undefined));
  const swapper = spawn('python3', ['-c', SWAP], { cwd: bob.folder, stdio: 'ignore' });
  const ended = once(swapper, 'exit');
  try {
    for (let n = 0; n < 400; n += 1) {
      // What the swaps look like travels, too: the folder may be a link at alice for a moment, which leads nowhere there.
      const stats = lstatSync(alice.at('d'), { throwIfNoEntry: false });
      if (stats?.isSymbolicLink() === true) rmSync(alice.at('d'), { force: true });
      try {
        mkdirSync(alice.at('d'), { recursive: true });
        writeFileSync(alice.at('d', `f${n % 3}`), `from alice ${n}`);
        if (n % 20 === 19) rmSync(alice.at('d', `f${n % 3}`), { force: true });
      } catch {
        // It was just replaced under this test's own hands.
      }
      await delay(15);
    }
  } finally {
    swapper.kill('SIGKILL');
    await ended;
  }
  expect(readdirSync(outside).sort()).toEqual(['canary', 'f1', 'f2']);
  for (const name of ['f1', 'f2', 'canary']) expect(read(join(outside, name))).toBe(`${name} outside`);
  expect(bob.isRunning).toBe(true);
  for (const client of [alice, bob]) rmSync(client.at('d.real.tmp'), { recursive: true, force: true });
  await stabilise([alice, bob], { within: 90_000 });
});
