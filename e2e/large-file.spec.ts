import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { forgetPeak, inMiB, memoryOf, tellPeaks } from './harness/memory.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const MIB = 1024 * 1024;
const FILE_MIB = 300;
/** What a process may take above its idle memory while it carries a file that is far larger. */
const ABOVE_IDLE = 150 * MIB;

const world = useWorld({ testTimeout: 400_000 });

/** A file that neither compresses nor repeats itself, written by the piece. */
function writeRandom(path: string, mebibytes: number): void {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(4 * MIB);
  for (let written = 0; written < mebibytes; written += 4) writeSync(file, randomFillSync(piece));
  closeSync(file);
}

test(`a file of ${FILE_MIB} MiB passes every process in flat memory`, async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const pids = { alice: alice.process.pid, bob: bob.process.pid, server: world.server.process.pid };
  const idle = Object.values(pids).map((pid) => memoryOf(pid).now);
  Object.values(pids).forEach(forgetPeak);
  writeRandom(alice.at('film.mkv'), FILE_MIB);
  await until('it is at bob', () => (statSync(bob.at('film.mkv'), { throwIfNoEntry: false })?.size === FILE_MIB * MIB ? true : undefined), {
    within: 240_000,
  });
  await stabilise([alice, bob], { within: 120_000 });
  console.log(`peaks with a file of ${FILE_MIB} MiB: ${tellPeaks(pids)}; idle: ${idle.map(inMiB).join(', ')}`);
  for (const [index, [name, pid]] of Object.entries(pids).entries())
    expect(memoryOf(pid).peak, name).toBeLessThan((idle[index] as number) + ABOVE_IDLE);
});
