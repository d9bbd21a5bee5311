import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDiskBlobStore } from '@syncpair/blob';
import { Database, Fsck, type FsckReport, collectAll, openDatabase } from '@syncpair/metadata';
import { testDatabase } from '@syncpair/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startStandalone } from '../start-standalone.ts';
import { CollectActor } from '../testing/collect-actor.ts';
import { CollectWorld } from '../testing/collect-world.ts';
import { backUp } from './back-up.ts';
import { restoreBackup } from './restore-backup.ts';
import { StoreVerifier } from './store-verifier.ts';

const silent = { info: () => undefined, warn: () => undefined };
const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

let world: CollectWorld;
let folder: string;
beforeEach(async () => {
  world = await CollectWorld.start();
  folder = await mkdtemp(join(tmpdir(), 'syncpair-backup-'));
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const backupTo = (dest: string) =>
  backUp({ storageDir: world.folder, databaseUrl: world.databaseUrl, blobDir: world.folder, dest, log: silent, progress: () => undefined });

interface Restored {
  readonly report: FsckReport;
  readonly heads: readonly { readonly path: string; readonly hash: string }[];
  readonly epochs: readonly string[];
}

/** Restores into a new storage and an empty database, and looks at what is there. */
async function restored(source: string): Promise<Restored> {
  const server = await testDatabase();
  const storageDir = await mkdtemp(join(folder, 'storage-'));
  await restoreBackup({ source, storageDir, databaseUrl: server.url, log: silent, progress: () => undefined });
  const dataSource = await openDatabase({ url: server.url, poolSize: 2, log: silent });
  const store = await openDiskBlobStore(join(storageDir, 'blobs'));
  try {
    const database = new Database(dataSource);
    const report = await new Fsck(database, new StoreVerifier(store), { repair: false, maxProblems: 10, progress: () => undefined }).run();
    const heads = await database.query<{ path: string; hash: string }>(
      `SELECT d.key || '/' || e.path AS path, encode(e.hash, 'hex') AS hash FROM entry e JOIN directory d ON d.id = e.directory WHERE e.kind = 1 ORDER BY 1`,
    );
    const epochs = await database.query<{ epoch: string }>('SELECT epoch FROM directory');
    return { report, heads, epochs: epochs.map(({ epoch }) => epoch) };
  } finally {
    await store.close();
    await dataSource.destroy();
    await server.close();
  }
}

it('under load and beside collections: the copy has every content that it names, and every commit made before [STA-06]', async () => {
  const contents = [...Array.from({ length: 10 }, () => randomBytes(400)), ...Array.from({ length: 10 }, () => randomBytes(80_000))];
  const actors = Array.from({ length: 4 }, (_, index) => new CollectActor(world, `actor${index}`));
  await Promise.all(actors.map((actor) => actor.join()));
  const kept = randomBytes(200_000);
  await (actors[0] as CollectActor).write('kept', kept, false);
  let over = false;
  const work = async (actor: CollectActor): Promise<void> => {
    while (!over) {
      const [path, bytes, chance] = [pick(['a', 'b', 'c']), pick(contents), Math.random()];
      if (chance < 0.5) await actor.write(path, bytes, bytes.length < 1000 && Math.random() < 0.6);
      else if (chance < 0.8) await actor.delete(path);
      else await actor.forget();
    }
  };
  const collect = async (): Promise<void> => {
    while (!over) {
      await world.agePins();
      await collectAll(world.database, world.upkeep, { graceMs: 0, idleMs: 0, volumeMs: 0 });
    }
  };
  const busy = Promise.all([...actors.map(work), collect()]);
  const dest = join(folder, 'backup');
  try {
    for (let round = 0; round < 2; round += 1) {
      const result = await backupTo(dest);
      expect(result).toMatchObject({ missing: 0 });
      // The large content of the first round is not copied again.
      if (round > 0) expect(result.kept).toBeGreaterThan(0);
      const { report, heads, epochs } = await restored(dest);
      expect(report).toMatchObject({ problems: [] });
      expect(heads.map(({ path }) => path)).toContain('actor0/kept');
      const now = await world.database.query<{ epoch: string }>('SELECT epoch FROM directory');
      expect(epochs).toHaveLength(now.length);
      expect(epochs.filter((epoch) => now.some((row) => row.epoch === epoch))).toEqual([]);
    }
  } finally {
    over = true;
    await busy;
  }
  expect((await readdir(dest)).filter((name) => name.startsWith('metadata-'))).toHaveLength(1);
  const heads = await world.database.query<{ path: string; hash: string }>(
    `SELECT d.key || '/' || e.path AS path, encode(e.hash, 'hex') AS hash FROM entry e JOIN directory d ON d.id = e.directory WHERE e.kind = 1 ORDER BY 1`,
  );
  await backupTo(dest);
  expect((await restored(dest)).heads).toEqual(heads);
}, 240_000);

it('killed at any file, it leaves the backup before or one that is refused [STA-06]', async () => {
  const alice = new CollectActor(world, 'alice');
  await alice.join();
  for (let index = 0; index < 25; index += 1) await alice.write(`large${index}`, randomBytes(70_000), false);
  for (let index = 0; index < 20; index += 1) await alice.write(`small${index}`, randomBytes(300), true);
  const dest = join(folder, 'backup');
  const refusal = /is no backup, or one that was not finished/;
  let refused = 0;
  for (const files of [0, 12]) {
    await runAndKill(dest, files);
    // A kill that came too late leaves a backup; then the next one is another folder's.
    if (await isRefused(restored(dest), refusal)) refused += 1;
    else await rm(dest, { recursive: true });
  }
  expect(refused).toBeGreaterThan(0);
  await backupTo(dest);
  const first = (await restored(dest)).heads;
  await alice.write('later', randomBytes(60_000), false);
  for (const files of [3]) {
    await runAndKill(dest, files);
    expect([first.length, first.length + 1]).toContain((await restored(dest)).heads.length);
  }
  await backupTo(dest);
  const { heads, report } = await restored(dest);
  expect(heads).toHaveLength(first.length + 1);
  expect(report).toMatchObject({ problems: [] });
}, 240_000);

it('restores into what is empty only, and from what is a backup only', async () => {
  const dest = join(folder, 'backup');
  const alice = new CollectActor(world, 'alice');
  await alice.join();
  await alice.write('a', randomBytes(300), true);
  await backupTo(dest);
  const full = join(folder, 'full');
  await mkdir(full);
  await writeFile(join(full, 'something'), '');
  const restore = (storageDir: string, databaseUrl: string) =>
    restoreBackup({ source: dest, storageDir, databaseUrl, log: silent, progress: () => undefined });
  await expect(restore(full, world.databaseUrl)).rejects.toThrow(/is not empty \("something"\)/);
  const unfinished = join(folder, 'unfinished');
  await expect(restore(unfinished, world.databaseUrl)).rejects.toThrow(/the database is not empty/);
  const server = {
    port: 0,
    host: '127.0.0.1',
    databaseUrl: world.databaseUrl,
    auth: 'open',
    logLevel: 'error',
    logFile: null,
    quiet: true,
  } as const;
  await expect(startStandalone({ ...server, storageDir: unfinished })).rejects.toThrow(/was not restored to its end/);
  await writeFile(join(dest, 'notes.txt'), 'mine');
  await expect(backupTo(dest)).rejects.toThrow(/holds "notes.txt", which is no part of a backup/);
  await rm(join(dest, 'notes.txt'));
  for (const name of await readdir(dest)) if (name.startsWith('metadata-')) await rm(join(dest, name, 'version.ndjson.gz'));
  await expect(restored(dest)).rejects.toThrow(/version.ndjson.gz/);
}, 120_000);

/** Ends the command with SIGKILL once it has so many files in its folder. */
async function runAndKill(dest: string, files: number): Promise<void> {
  const main = join(import.meta.dirname, '../../../client/dist/main.js');
  const options = ['--database-url', world.databaseUrl, '--blob-dir', world.folder, '--storage-dir', world.folder];
  const child = spawn(process.execPath, [main, 'backup', dest, ...options], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const before = await countFiles(dest);
  while (child.exitCode === null && (await countFiles(dest)) - before <= files) await new Promise(setImmediate);
  child.kill('SIGKILL');
  await ended;
}

async function countFiles(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return names.filter((entry) => entry.isFile()).length;
}

async function isRefused(attempt: Promise<unknown>, refusal: RegExp): Promise<boolean> {
  try {
    await attempt;
    return false;
  } catch (error) {
    expect((error as Error).message).toMatch(refusal);
    return true;
  }
}
