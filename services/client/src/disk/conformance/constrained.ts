import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type TestContext, describe, expect, it } from 'vitest';
import { NotPossibleHere, runScript } from './own-process.ts';
import { type MakeDisk, useWorld } from './world.ts';

const NOBODY = 65_534;

const COMMON = `
  import { execFileSync } from 'node:child_process';
  import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
  const [module, root] = process.argv.slice(1);
  const Disk = Object.values(await import(module))[0];
  const print = (value) => console.log(JSON.stringify(value, (key, value) => typeof value === 'bigint' ? Number(value) : value));
  const file = (path, size) => ({ op: 'file', path, expected: 'absent', content: { bytes: Buffer.alloc(size, 'x') }, mtime: 0n, executable: false });
  const codes = (results) => results.map((result) => result.problem?.code ?? result.status);
`;

/** Fills a disk of 1 MiB, frees some of it, and goes on. */
const FULL = `${COMMON}
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
  const disk = new Disk(root);
  const results = await disk.apply([file('a', 300_000), file('b', 300_000), file('big', 2_000_000), file('c', 300_000), file('d', 300_000), file('e', 4_000)]);
  const staged = readdirSync(root + '/.syncpair_staging');
  const [{ stamp }] = await disk.stat(['a']);
  const after = await disk.apply([{ op: 'remove', path: 'a', expected: { stamp } }, file('late', 100_000)]);
  const replaced = await disk.apply([{ ...file('b', 2_000_000), expected: { stamp: (await disk.stat(['b']))[0].stamp } }]);
  print({ results: codes(results), staged, after: codes(after), replaced: codes(replaced), kept: readFileSync(root + '/b').length });
`;

/** Mounts another file system in the tree. */
const MOUNTED = `${COMMON}
  mkdirSync(root + '/mnt');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root + '/mnt']);
  writeFileSync(root + '/mnt/inside', 'x');
  const disk = new Disk(root);
  const [{ entries }] = await disk.list([null]);
  const [below, nothing] = await disk.stat(['mnt/inside', 'mnt/none']);
  const [listed] = await disk.list(['mnt']);
  const results = await disk.apply([file('mnt/new', 1), { op: 'remove', path: 'mnt/inside', expected: { stamp: 'f.1.1.1.1' } }]);
  print({ other: entries.find(({ path }) => path === 'mnt').observed.otherFileSystem, codes: [below.code, nothing.code, listed.code, ...codes(results)] });
`;

/** Mounts another folder of the same file system in the tree, and takes it away again. */
const BOUND = `${COMMON}
  mkdirSync(root + '/bound here');
  mkdirSync(root + '/elsewhere');
  writeFileSync(root + '/elsewhere/inside', 'x');
  execFileSync('mount', ['--bind', root + '/elsewhere', root + '/bound here']);
  const disk = new Disk(root);
  const isOther = async () => (await disk.list([null]))[0].entries.find(({ path }) => path === 'bound here').observed.otherFileSystem;
  const bound = await isOther();
  const [itself, below] = await disk.stat(['bound here', 'bound here/inside']);
  const [listed] = await disk.list(['bound here']);
  execFileSync('umount', [root + '/bound here']);
  print({ bound, itself: itself.otherFileSystem, codes: [below.code, listed.code], after: await isOther(), empty: (await disk.list(['bound here']))[0].entries });
`;

/** Works as a user who may not do everything. */
const FORBIDDEN = `${COMMON}
  const disk = new Disk(root);
  const results = await disk.apply([file('readonly/new', 1), file('allowed/new', 1), file('locked/new', 1)]);
  const [kept, inLocked] = await disk.stat(['readonly/kept', 'locked/hidden']);
  const removed = await disk.apply([{ op: 'remove', path: 'readonly/kept', expected: { stamp: kept.stamp } }]);
  const [secret] = await disk.stat(['secret']);
  const read = await disk.hash([{ path: 'secret', stamp: secret.stamp }]);
  const [{ entries, refused, unseen }] = await disk.list(['blind']);
  print({ results: codes(results), removed: codes(removed), inLocked: inLocked.code, read: read[0].code, locked: (await disk.list(['locked']))[0].code, entries, refused, unseen });
`;

/** `module` exports the disk's class alone, for scripts that run in a process of their own. */
export function registerConstrainedTests(make: MakeDisk, module: string): void {
  describe.skipIf(process.platform !== 'linux')('on a constrained machine', () => {
    const world = useWorld(make);
    const mounting = { wrapper: ['unshare', '-rm'] };

    it('reports a full disk per path, leaves no parts, keeps what was there, and goes on', async (context) => {
      const answer = await possible(context, () => runScript(FULL, [module, world().root], mounting));
      expect(answer).toEqual({
        results: ['done', 'done', 'ENOSPC', 'done', 'ENOSPC', 'done'],
        staged: [],
        after: ['done', 'done'],
        replaced: ['ENOSPC'],
        kept: 300_000,
      });
    });

    it('takes what lies on another file system for unknown, and leaves it alone (R21)', async (context) => {
      const answer = await possible(context, () => runScript(MOUNTED, [module, world().root], mounting));
      expect(answer).toEqual({ other: true, codes: Array.from({ length: 5 }, () => 'other_file_system') });
    });

    it('takes another folder that is mounted in the tree for another file system, as long as it is there (R21)', async (context) => {
      const answer = await possible(context, () => runScript(BOUND, [module, world().root], mounting));
      expect(answer).toEqual({ bound: true, itself: true, codes: ['other_file_system', 'other_file_system'], after: false, empty: [] });
    });

    it('reports what permissions forbid per path, and changes no permissions (R36)', async (context) => {
      const { root, base, at } = world();
      for (const name of ['readonly', 'allowed', 'locked', 'blind']) mkdirSync(at(name));
      for (const name of ['readonly/kept', 'locked/hidden', 'blind/child', 'secret']) writeFileSync(at(name), 'kept');
      const root0 = process.getuid?.() === 0;
      const owned = ['readonly/kept', 'locked/hidden', 'blind/child', 'secret', 'readonly', 'allowed', 'locked', 'blind', '.'];
      if (root0) for (const name of owned) chownSync(at(name), NOBODY, NOBODY);
      chmodSync(base, 0o755);
      const modes = { readonly: 0o555, locked: 0o000, blind: 0o444, secret: 0o000 };
      for (const [name, mode] of Object.entries(modes)) chmodSync(at(name), mode);
      const nobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
      if (root0 && !isReadable(module, nobody)) context.skip('the checkout lies below a folder that other users cannot enter');
      const answer = await possible(context, () => runScript(FORBIDDEN, [module, root], root0 ? { wrapper: nobody } : {}));
      expect(answer).toEqual({
        results: ['EACCES', 'done', 'EACCES'],
        removed: ['EACCES'],
        inLocked: 'EACCES',
        read: 'EACCES',
        locked: 'EACCES',
        entries: [],
        refused: [],
        unseen: [{ path: 'blind/child', code: 'EACCES', message: 'permission is denied' }],
      });
      for (const [name, mode] of Object.entries(modes)) expect(statSync(at(name)).mode & 0o777).toBe(mode);
      for (const name of ['readonly', 'locked', 'blind']) chmodSync(at(name), 0o755);
      expect(readFileSync(at('readonly/kept'), 'utf8')).toBe('kept');
    });
  });
}

/** Whether whoever `wrapper` makes of a process may read a file. */
function isReadable(file: string, [command = '', ...args]: readonly string[]): boolean {
  return spawnSync(command, [...args, 'test', '-r', file.startsWith('file:') ? fileURLToPath(file) : file]).status === 0;
}

async function possible(context: TestContext, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotPossibleHere) context.skip(error.message);
    throw error;
  }
}
