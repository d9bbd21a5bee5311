import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { tellPeaks } from '../harness/memory.ts';
import { Random, replayCommand, seedOfRun } from '../harness/random.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';

const COMMITS = 300;
const TAG_EVERY = 30;
const seed = seedOfRun();

const world = useWorld({ testTimeout: 1_800_000 });

/** git in a folder, deaf to the configuration of whoever runs the tests. */
function git(folder: string, ...args: string[]): string {
  const identity = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  };
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...identity, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_OPTIONAL_LOCKS: '0' },
  });
}

const FOLDERS = ['src', 'src/core', 'src/core/deep/er', 'docs', 'assets/img', 'test/fixtures', 'lib'];

/** A project's life: files written, grown, renamed and removed, folders moved, binary files, now and then a big clean-up. */
class Project {
  readonly #folder: string;
  readonly #random: Random;
  #files: string[] = [];
  #counter = 0;

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
  }

  commit(number: number): void {
    const random = this.#random;
    if (number % 50 === 49) this.#cleanUp();
    else if (number % 23 === 22) this.#renameFolder();
    for (let n = 2 + random.below(8); n > 0; n -= 1) this.#write(random.pick(FOLDERS));
    for (let n = random.below(4); n > 0 && this.#files.length > 0; n -= 1) this.#edit();
    if (this.#files.length > 10 && random.below(3) === 0) this.#renameFile();
    git(this.#folder, 'add', '--all');
    git(this.#folder, 'commit', '--quiet', '--message', `commit ${number}`);
    if (number % TAG_EVERY === 0) git(this.#folder, 'tag', `v${number}`);
  }

  #write(folder: string): void {
    const random = this.#random;
    this.#counter += 1;
    const isBinary = random.below(5) === 0;
    const path = `${folder}/file ${this.#counter}${isBinary ? '.bin' : '.txt'}`;
    mkdirSync(join(this.#folder, folder), { recursive: true });
    const content = isBinary ? random.bytes(random.below(60_000)) : `${this.#counter}\n`.repeat(1 + random.below(400));
    writeFileSync(join(this.#folder, path), content);
    this.#files.push(path);
  }

  #edit(): void {
    const path = this.#random.pick(this.#files);
    writeFileSync(join(this.#folder, path), `edited ${this.#random.next()}\n`.repeat(1 + this.#random.below(50)));
  }

  #renameFile(): void {
    const from = this.#random.pick(this.#files);
    const to = `${dirname(from)}/renamed ${(this.#counter += 1)}`;
    renameSync(join(this.#folder, from), join(this.#folder, to));
    this.#files = [...this.#files.filter((path) => path !== from), to];
  }

  #renameFolder(): void {
    const to = `moved ${(this.#counter += 1)}`;
    if (!existsSync(join(this.#folder, 'src/core'))) return;
    renameSync(join(this.#folder, 'src/core'), join(this.#folder, to));
    this.#files = this.#files.map((path) => (path.startsWith('src/core/') ? path.replace('src/core', to) : path));
  }

  #cleanUp(): void {
    const gone = new Set(this.#files.filter(() => this.#random.below(10) < 6));
    for (const path of gone) rmSync(join(this.#folder, path));
    this.#files = this.#files.filter((path) => !gone.has(path));
  }
}

test(`a git repository that is checked out between distant tags and committed to stays whole at the other side (seed ${seed}) [WRK-06]`, async ({
  onTestFailed,
}) => {
  onTestFailed(() => console.error(replayCommand(seed, '--config e2e/vitest.real.config.ts e2e/real/git-repository.real.ts')));
  const random = new Random(seed);
  // A checkout between distant tags deletes most files and means it: whoever keeps working trees in a directory says `hold: off` there.
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  const repository = alice.at('repository');
  mkdirSync(repository);
  git(repository, 'init', '--quiet', '--initial-branch', 'main');
  git(repository, 'config', 'gc.auto', '0');
  const project = new Project(repository, random);
  const begun = performance.now();
  const elapsed = (): string => `${((performance.now() - begun) / 1000).toFixed(1)} s`;

  const check = async (when: string): Promise<void> => {
    const tree = await stabilise([alice, bob], { within: 300_000 });
    const copy = bob.at('repository');
    git(copy, 'fsck', '--full', '--strict');
    expect(git(copy, 'rev-parse', 'HEAD'), when).toBe(git(repository, 'rev-parse', 'HEAD'));
    // Stat data in the index belongs to alice's inodes; git compares contents where they differ.
    expect(git(copy, 'status', '--porcelain'), when).toBe('');
    expect(git(repository, 'status', '--porcelain'), when).toBe('');
    expect(await bob.conflicts(), when).toEqual([]);
    const pids = { alice: alice.process.pid, bob: bob.process.pid, server: world.server.process.pid };
    console.log(`${when}: ${tree.size} entries the same after ${elapsed()}; peaks: ${tellPeaks(pids)}`);
  };

  for (let number = 1; number <= COMMITS; number += 1) project.commit(number);
  await check(`${COMMITS} commits`);

  const tags = Array.from({ length: COMMITS / TAG_EVERY }, (_, index) => `v${(index + 1) * TAG_EVERY}`);
  for (let round = 0; round < 20; round += 1) {
    git(repository, 'checkout', '--quiet', random.pick(tags));
    if (round % 5 === 4) await check(`checkout ${round + 1}`);
  }
  git(repository, 'checkout', '--quiet', 'main');
  for (let number = COMMITS + 1; number <= COMMITS + 20; number += 1) project.commit(number);
  await check('back on main, with more commits');
  git(repository, 'gc', '--quiet', '--prune=now');
  await check('git gc');

  // The other side works in it too, one after the other.
  const copy = bob.at('repository');
  writeFileSync(join(copy, 'by bob.txt'), 'bob commits too\n');
  git(copy, 'add', '--all');
  git(copy, 'commit', '--quiet', '--message', 'by bob');
  await check('a commit of the other side');
});
