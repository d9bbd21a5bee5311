import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Crowd } from '../crowd/crowd.ts';
import { fsck } from '../harness/fsck.ts';
import { sha256 } from '../harness/ledger.ts';
import { inMiB, memoryOf } from '../harness/memory.ts';
import { readTree } from '../harness/tree.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

/** Of each kind: some bring files, as many others fetch them. */
const CLIENTS = 50;
/** Files of each uploader; `SYNCPAIR_STORM_FILES=200` for the whole storm: a million files are written then. */
const EACH = Number(process.env['SYNCPAIR_STORM_FILES'] ?? 10);
const PATIENCE = 900_000 + EACH * 60_000;
const world = useWorld({ testTimeout: 3 * PATIENCE });

let crowds: Crowd[] = [];
afterEach(async () => {
  await Promise.all(crowds.splice(0).map((crowd) => crowd.end()));
});

test(`${CLIENTS} clients bring ${EACH} files each at once, and ${CLIENTS} others fetch all of them: everybody has everything, byte for byte [SCL-05]`, async () => {
  crowds = ['uploader', 'downloader'].map(
    (name) => new Crowd({ server: world.server.url, home: join(world.folder, name), name, directory: 'storm', clients: CLIENTS }),
  );
  await Promise.all(crowds.map((crowd) => crowd.allInSync(PATIENCE)));
  const begun = performance.now();
  const written = new Map<string, string>();
  const [uploaders] = crowds as [Crowd, Crowd];
  for (let file = 0; file < EACH; file += 1)
    for (const [number, folder] of uploaders.folders.entries()) {
      const name = `${file} of ${number}`;
      // One of ten is too large to ride along with an event, and is fetched.
      const size = number % 10 === 0 ? 20_000 : (number * 311 + file * 7) % 4_000;
      const bytes = Buffer.concat([Buffer.from(name), randomBytes(size)]);
      writeFileSync(join(folder, name), bytes);
      written.set(name, sha256(bytes));
    }
  const folders = crowds.flatMap((crowd) => crowd.folders);
  const lacking = (): number => folders.reduce((sum, folder) => sum + written.size - named(folder), 0);
  await until('all names are everywhere', () => (lacking() === 0 ? true : undefined), { within: PATIENCE, every: 1_000 }).catch(
    (error: unknown) => {
      throw new Error(
        `${(error as Error).message}: ${lacking()} files are not where they should be\n${crowds.map(({ log }) => log.slice(-2_000)).join('\n')}`,
      );
    },
  );
  await Promise.all(crowds.map((crowd) => crowd.allInSync(PATIENCE)));
  console.log(
    `${written.size} files of ${CLIENTS} clients are at all ${folders.length} after ${((performance.now() - begun) / 1_000).toFixed(0)} s; ` +
      `${crowds.map(({ pid }) => inMiB(memoryOf(pid).peak)).join(' and ')} for ${CLIENTS} clients each, server ${inMiB(memoryOf(world.server.process.pid).peak)}`,
  );
  for (const folder of folders) {
    const tree = await readTree(folder);
    expect(new Map([...tree].map(([path, { detail }]) => [path, detail])), folder).toEqual(written);
  }
  expect((await fsck(world.server)).report).toMatchObject({ clean: true });
});

const named = (folder: string): number => readdirSync(folder).filter((name) => !name.startsWith('.syncpair')).length;
