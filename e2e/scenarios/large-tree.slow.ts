import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canTrace } from '../crash/injection.ts';
import type { ClientProcess } from '../harness/client-process.ts';
import { read } from '../harness/files.ts';
import { inSync } from '../harness/in-sync.ts';
import { inMiB, memoryOf } from '../harness/memory.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

/** `SYNCPAIR_TREE_FILES=1000000` for a million. */
const FILES = Number(process.env['SYNCPAIR_TREE_FILES'] ?? 100_000);
const IN_FOLDER = 500;
const FOLDERS = FILES / IN_FOLDER;
const FILE_BYTES = 1_024;
const HOUR = { within: 3_600_000 };
const world = useWorld({ testTimeout: 7_200_000 });

const folderOf = (file: number): string => `folder ${Math.floor(file / IN_FOLDER)}`;
const textOf = (file: number): string => `content of ${file}, `.repeat(FILE_BYTES).slice(0, FILE_BYTES);

/** Begins a command line so that each opening of a file or folder is a line of a log. The traced process keeps its place and id. */
const tracing = (log: string): string[] => ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-e', 'trace=openat', '-o', log, '--'];

/** Names of the tree's files, or of its folders, as often as they were opened. */
const opened = (log: string, what: 'file' | 'folder'): string[] =>
  [...(read(log) ?? '').matchAll(/openat\([^"]*"(?:[^"]*\/)?((?:file|folder) \d+)"/g)]
    .map(([, name = '']) => name)
    .filter((name) => name.startsWith(`${what} `));

/** @returns seconds until a client that was just started is in sync, as words */
async function untilInSync(client: ClientProcess): Promise<string> {
  const begun = performance.now();
  await client.start();
  await inSync([client], HOUR);
  return `${((performance.now() - begun) / 1_000).toFixed(1)} s (${inMiB(memoryOf(client.process.pid).peak)})`;
}

test(`${FILES} files: both sides have them, and neither a restart nor a rescan reads again what did not change [SCL-01]`, async (context) => {
  if (!canTrace()) context.skip('needs strace');
  const alice = world.client('alice');
  const bob = world.client('bob');
  for (let file = 0; file < FILES; file += 1) {
    if (file % IN_FOLDER === 0) mkdirSync(alice.at(folderOf(file)));
    writeFileSync(alice.at(folderOf(file), `file ${file}`), textOf(file));
  }
  const up = await untilInSync(alice);
  const down = await untilInSync(bob);
  expect(readdirSync(bob.folder).filter((name) => !name.startsWith('.syncpair'))).toHaveLength(FOLDERS);
  for (let folder = 0; folder < FOLDERS; folder += 1) expect(readdirSync(bob.at(`folder ${folder}`))).toHaveLength(IN_FOLDER);
  for (let file = 0; file < FILES; file += 1)
    if (read(bob.at(folderOf(file), `file ${file}`)) !== textOf(file)) throw new Error(`file ${file} has another content`);

  await bob.stop();
  writeFileSync(bob.at(folderOf(7), 'file 7'), 'edited while no client ran');
  const log = join(world.folder, 'restart');
  const again = world.client('bob', { wrapper: tracing(log) });
  const restart = await untilInSync(again);
  await until(
    'the edit is at alice',
    () => (read(alice.at(folderOf(7), 'file 7')) === 'edited while no client ran' ? true : undefined),
    HOUR,
  );
  await again.stop();
  expect(new Set(opened(log, 'folder')).size).toBe(FOLDERS);
  expect(new Set(opened(log, 'file'))).toEqual(new Set(['file 7']));

  const rescans = join(world.folder, 'rescans');
  const polling = world.client('bob', { wrapper: tracing(rescans), settings: { watch: 'polling', sync_interval_seconds: 1 } });
  await polling.start();
  await until(
    'all folders were listed at the start, and twice more',
    () => (opened(rescans, 'folder').length >= 3 * FOLDERS ? true : undefined),
    {
      ...HOUR,
      every: 1_000,
    },
  );
  expect(opened(rescans, 'file')).toEqual([]);
  console.log(`${FILES} files: ${up} up, ${down} down, ${restart} after a restart`);
});
