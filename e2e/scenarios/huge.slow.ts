import { execFileSync } from 'node:child_process';
import { randomBytes, randomFillSync } from 'node:crypto';
import { closeSync, openSync, statSync, statfsSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { forgetPeak, memoryOf, tellPeaks } from '../harness/memory.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** `SYNCPAIR_HUGE_GIB=20` for the whole of SCL-03. */
const SIZE = Number(process.env['SYNCPAIR_HUGE_GIB'] ?? 5) * GIB;
/** What no process may have in memory at any moment. */
const LIMIT = 300 * MIB;
/** A heap that is full ends the process. */
const SMALL_HEAP = ['env', 'NODE_OPTIONS=--max-old-space-size=64'];
const HOUR = { within: 3_600_000, every: 1_000 };

const world = useWorld({ testTimeout: 7_200_000 });

/** The file at both sides, two versions on the server, and one of them while it arrives. */
const fits = (): boolean => {
  const { bavail, bsize } = statfsSync(world.folder);
  return bavail * bsize > 5.5 * SIZE;
};

function writeRandom(path: string): void {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(8 * MIB);
  for (let written = 0; written < SIZE; written += piece.length) writeSync(file, randomFillSync(piece));
  closeSync(file);
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

const sum = (path: string): string => execFileSync('sha256sum', [path], { encoding: 'utf8' }).split(' ')[0] as string;

test(`a file of ${SIZE / GIB} GiB, and a change of 1 kB in its middle, pass every process within a small heap [CRA-15] [SCL-03]`, async (context) => {
  if (!fits()) context.skip(`needs ${(5.5 * SIZE) / GIB} GiB of room in ${world.folder}`);
  const server = world.otherServer(SMALL_HEAP);
  await server.start();
  const [alice, bob] = await world.started(['alice', 'bob'], { server: server.url, wrapper: SMALL_HEAP });
  const pids = { alice: alice.process.pid, bob: bob.process.pid, server: server.process.pid };
  Object.values(pids).forEach(forgetPeak);

  writeRandom(alice.at('film.mkv'));
  const size = (): number => statSync(bob.at('film.mkv'), { throwIfNoEntry: false })?.size ?? 0;
  await until('the file is at bob', () => (size() === SIZE ? true : undefined), HOUR);
  expect(sum(bob.at('film.mkv'))).toBe(sum(alice.at('film.mkv')));

  overwrite(alice.at('film.mkv'), SIZE / 2, randomBytes(1_000));
  const changed = sum(alice.at('film.mkv'));
  const first = statSync(bob.at('film.mkv')).ino;
  await until('the change is at bob', () => (statSync(bob.at('film.mkv')).ino === first ? undefined : true), HOUR);
  expect(sum(bob.at('film.mkv'))).toBe(changed);
  await stabilise([alice, bob], HOUR);
  expect(await bob.history('film.mkv')).toHaveLength(2);

  console.log(`peaks with a file of ${SIZE / GIB} GiB: ${tellPeaks(pids)}`);
  for (const [name, pid] of Object.entries(pids)) expect(memoryOf(pid).peak, name).toBeLessThan(LIMIT);
});
