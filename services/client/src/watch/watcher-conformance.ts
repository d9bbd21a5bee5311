import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parentOf } from '@syncpair/contracts';
import type { RelativePath } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WatchOptions } from './watch-options.ts';
import type { WatchHint, Watcher } from './watcher.ts';

const run = promisify(execFile);

/** What every `Watcher` must do, on a real folder. `module` and `className` name the implementation for the tests that need a process of their own. */
export function registerWatcherTests(className: string, module: string, make: (options: WatchOptions) => Watcher): void {
  describe(className, () => {
    let base: string;
    let root: string;
    let hints: WatchHint[];
    let watcher: Watcher;

    beforeEach(async () => {
      base = await realpath(await mkdtemp(join(tmpdir(), 'syncpair-watch-')));
      root = join(base, 'root');
      await mkdir(root);
      hints = [];
    });

    afterEach(async () => {
      await watcher.close();
      await rm(base, { recursive: true, force: true });
    });

    const start = async (prunes: WatchOptions['prunes'] = () => false): Promise<void> => {
      watcher = make({ root, prunes });
      await watcher.start((hint) => hints.push(hint));
    };
    const at = (path: string): string => join(root, path);
    const covers = (path: string): boolean =>
      hints.some((hint) => {
        if (hint.kind === 'lost') return true;
        return hint.kind === 'path' ? hint.path === path : hint.folder === parentOf(path as RelativePath);
      });
    /** Waits for a hint about each path that came after this call, and tells which never got one. */
    const expectHints = async (paths: readonly string[]): Promise<void> => {
      await until(() => paths.every(covers));
      expect(paths.filter((path) => !covers(path))).toEqual([]);
    };
    /** Writes to a file that lies there already and is quiet; only a watch on its folder tells of that. */
    const expectWatched = async (path: string): Promise<void> => {
      await settled(hints);
      hints.length = 0;
      await writeFile(at(path), `${Math.random()}`);
      await expectHints([path]);
    };

    it('tells of files made, changed, renamed and removed', async () => {
      await mkdir(at('a'));
      await writeFile(at('a/old'), '1');
      await start();
      await writeFile(at('a/new'), '1');
      await writeFile(at('top'), '1');
      await expectHints(['a/new', 'top']);
      await expectWatched('a/old');
      hints.length = 0;
      await rename(at('a/old'), at('a/renamed'));
      await expectHints(['a/old', 'a/renamed']);
      hints.length = 0;
      await unlink(at('a/renamed'));
      await expectHints(['a/renamed']);
      expect(watcher.coverage()).toBe(1);
      expect(watcher.uncovered().size).toBe(0);
    });

    it('loses nothing of a tree that appears at once, and watches it', async () => {
      await start();
      const script = 'for i in 1 2 3 4 5; do mkdir -p a/$i/b/c && echo x > a/$i/b/c/f && echo y > a/$i/g; done';
      await run('sh', ['-c', script], { cwd: root });
      await expectHints([1, 2, 3, 4, 5].flatMap((i) => [`a/${i}/b/c/f`, `a/${i}/g`]));
      await expectWatched('a/5/b/c/f');
    });

    it('finds the folders among many names that appear and go at once', async () => {
      await mkdir(at('a/gone'), { recursive: true });
      await start();
      const script =
        'cd a; for i in $(seq 40); do echo x > f$i; done; for i in 1 2 3 4 5 6 7 8 9; do mkdir d$i; echo y > d$i/g; done; rm -r gone; rm f1; ln -s d2 l';
      await run('sh', ['-c', script], { cwd: root });
      await expectHints(['a/f9', 'a/gone', 'a/l', ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `a/d${i}/g`)]);
      for (const i of [1, 5, 9]) await expectWatched(`a/d${i}/g`);
      await run('sh', ['-c', 'cd a; for i in 1 2 3 4 5 6; do mkdir d$i/e; done; rm d7/g; rmdir d7; echo z > d7'], { cwd: root });
      await expectWatched('a/d6/e/h');
      await expectWatched('a/d7');
      expect(watcher.coverage()).toBe(1);
    });

    it('loses nothing of a tree that is moved in, and watches it', async () => {
      await mkdir(join(base, 'outside/deep/er'), { recursive: true });
      await writeFile(join(base, 'outside/deep/er/f'), '1');
      await start();
      await rename(join(base, 'outside'), at('inside'));
      await expectHints(['inside', 'inside/deep', 'inside/deep/er', 'inside/deep/er/f']);
      await expectWatched('inside/deep/er/f');
    });

    it('goes on watching a folder under the name that it is moved to', async () => {
      await mkdir(at('a/b'), { recursive: true });
      await writeFile(at('a/b/f'), '1');
      await start();
      await rename(at('a'), at('z'));
      await expectHints(['a', 'z']);
      await expectWatched('z/b/f');
      await mkdir(at('a/b'), { recursive: true });
      await writeFile(at('a/b/f'), '2');
      await expectHints(['a/b/f']);
      await expectWatched('a/b/f');
      await expectWatched('z/b/f');
    });

    it('watches a folder that was removed and made again at once', async () => {
      await mkdir(at('a/b'), { recursive: true });
      await writeFile(at('a/b/f'), '1');
      await start();
      for (let round = 0; round < 5; round += 1) {
        await run('sh', ['-c', 'rm -r a && mkdir -p a/b && echo 2 > a/b/f'], { cwd: root });
        await expectHints(['a/b/f']);
        await expectWatched('a/b/f');
      }
    });

    it('follows a name that changes between file and folder', async () => {
      await writeFile(at('x'), '1');
      await start();
      await run('sh', ['-c', 'rm x && mkdir x && echo 1 > x/f'], { cwd: root });
      await expectHints(['x', 'x/f']);
      await expectWatched('x/f');
      await run('sh', ['-c', 'rm -r x && echo 1 > x'], { cwd: root });
      await expectWatched('x');
    });

    it('keeps quiet about its own files and about folders that are pruned', async () => {
      await mkdir(at('.syncpair_staging'));
      await mkdir(at('skip/deep'), { recursive: true });
      await mkdir(at('a'));
      await start((folder) => folder === 'skip' || folder === 'late');
      await writeFile(at('.syncpair_staging/part'), '1');
      await writeFile(at('.syncpair_state.db'), '1');
      await writeFile(at('skip/deep/f'), '1');
      await mkdir(at('late'));
      await writeFile(at('late/f'), '1');
      await expectHints(['late']);
      await expectWatched('a/f');
      await writeFile(at('late/f'), '2');
      await writeFile(at('skip/deep/f'), '2');
      await expectWatched('a/f');
      expect(hints.filter((hint) => /skip.|late.|syncpair/.test(JSON.stringify(hint)))).toEqual([]);
    });

    it('tells of the ignore file and of names deeper down that look like its own', async () => {
      await mkdir(at('a'));
      await start();
      await writeFile(at('.syncpairignore'), '1');
      await writeFile(at('a/.syncpair_state.db'), '1');
      await expectHints(['.syncpairignore', 'a/.syncpair_state.db']);
    });

    it('never follows a link (R29)', async () => {
      await mkdir(join(base, 'outside'));
      await symlink(join(base, 'outside'), at('link'));
      await symlink('.', at('loop'));
      await mkdir(at('a'));
      await start();
      await symlink(join(base, 'outside'), at('a/link'));
      await expectHints(['a/link']);
      await settled(hints);
      hints.length = 0;
      await writeFile(join(base, 'outside/f'), '1');
      await expectWatched('a/f');
      expect(hints.filter((hint) => /link|loop|outside/.test(JSON.stringify(hint)))).toEqual([]);
    });

    it.skipIf(process.platform !== 'linux')('tells at least the folder of a name that is no text', async () => {
      await mkdir(at('a'));
      await start();
      await writeFile(Buffer.concat([Buffer.from(at('a/')), Buffer.from([0xff, 0xfe])]), '1');
      await until(() => hints.some((hint) => hint.kind === 'folder' && hint.folder === 'a'));
      expect(hints).toContainEqual({ kind: 'folder', folder: 'a' });
    });

    it('tells of each of many files', async () => {
      await mkdir(at('a'));
      await start();
      await run('sh', ['-c', 'i=0; while [ $i -lt 3000 ]; do : > a/n$i; i=$((i+1)); done'], { cwd: root });
      await expectHints(Array.from({ length: 3000 }, (_, index) => `a/n${index}`));
    });

    it('says so when the root itself goes', async () => {
      await start();
      await rm(root, { recursive: true });
      await until(() => hints.some((hint) => hint.kind === 'lost'));
      expect(hints).toContainEqual(expect.objectContaining({ kind: 'lost' }));
      await until(() => watcher.uncovered().has(null));
      expect(watcher.uncovered().has(null)).toBe(true);
    });

    it('keeps quiet once it is closed', async () => {
      await start();
      await watcher.close();
      hints.length = 0;
      await writeFile(at('f'), '1');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(hints).toEqual([]);
    });

    for (const [limit, value] of [
      ['max_inotify_watches', 20],
      ['max_inotify_instances', 0],
    ] as const) {
      it.skipIf(process.platform !== 'linux')(
        `survives ${limit}, names what is uncovered, and says once that it lost events`,
        async (context) => {
          await start();
          for (let index = 0; index < 50; index += 1) await mkdir(at(`d${index}/sub`), { recursive: true });
          const script = `echo ${value} > /proc/sys/user/${limit} || exit 77; exec "$0" --disable-warning=ExperimentalWarning --input-type=module-typescript -e "$1" "$2" "$3"`;
          const child = await run('unshare', ['-rU', 'sh', '-c', script, process.execPath, LIMITED(className), module, root]).catch(
            (error: { code?: unknown; stderr?: string }) => error,
          );
          if ('code' in child && child.code === 77) return context.skip('this machine does not let user namespaces set inotify limits');
          if (!('stdout' in child)) throw new Error(String((child as { stderr?: string }).stderr));
          const answer = JSON.parse(child.stdout as string) as { coverage: number; uncovered: number; lost: number; later: number };
          expect(answer.lost).toBe(1);
          expect(answer.coverage).toBeLessThan(0.5);
          expect(answer.uncovered).toBeGreaterThan(70);
          if (value > 0) expect(answer.later).toBeGreaterThan(0);
        },
      );
    }
  });
}

/** Starts a watcher under a limit, writes to a folder that is watched, and prints what became of it. */
const LIMITED = (className: string): string => `
  import { writeFileSync } from 'node:fs';
  const [module, root] = process.argv.slice(1);
  const { ${className}: Watcher } = await import(module);
  const hints = [];
  const watcher = new Watcher({ root, prunes: () => false });
  await watcher.start((hint) => hints.push(hint));
  const before = hints.length;
  writeFileSync(root + '/written', 'x');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const lost = hints.filter((hint) => hint.kind === 'lost').length;
  console.log(JSON.stringify({ coverage: watcher.coverage(), uncovered: watcher.uncovered().size, lost, later: hints.length - before }));
  await watcher.close();
`;

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 10_000 && !condition(); waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Waits until no hint has come for a while. */
async function settled(hints: readonly WatchHint[]): Promise<void> {
  for (let before = -1; before !== hints.length;) {
    before = hints.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
