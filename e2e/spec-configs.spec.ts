import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, leaves, read } from './harness/files.ts';
import { inSync } from './harness/in-sync.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

/** The configurations of the specification, word for word. They are read from files so that nobody adapts them to a test. */
const documentOf = (name: 'alice' | 'bob', port: number): string =>
  readFileSync(join(import.meta.dirname, 'spec-configs', `${name}.yaml`), 'utf8').replace('localhost:8080', `localhost:${port}`);

const world = useWorld();

let alice: ClientProcess;
let bob: ClientProcess;

beforeEach(async () => {
  // The names in the specification are the same for every test: each gets a server that knows nothing of the others.
  const server = world.otherServer();
  await server.start();
  const { port } = server;
  alice = world.client('alice', { directory: 'team_project', folder: 'team-work', document: documentOf('alice', port) });
  bob = world.client('bob', { directory: 'team_project', folder: 'shared-work', document: documentOf('bob', port) });
  await Promise.all([alice.start(), bob.start()]);
});

/** Writes a file below a client's HOME. */
function write(client: ClientProcess, path: string, text: string): void {
  const absolute = join(client.home, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
}

describe('the configurations of Alice and Bob', () => {
  test('are taken as they are, share team_project both ways and keep what is private apart [CFG-04]', async () => {
    await inSync([alice, bob]);
    const { client, directories } = await alice.status();
    expect(client).toBe('alice');
    expect(directories.map(({ name, namespace, local_path }) => [name, namespace, local_path])).toEqual([
      ['personal_notes', 'alice:personal_notes', join(alice.home, 'notes')],
      ['team_project', 'team_project', join(alice.home, 'team-work')],
    ]);
    expect((await bob.status()).directories.map(({ name, namespace, local_path }) => [name, namespace, local_path])).toEqual([
      ['personal_workspace', 'bob:personal_workspace', join(bob.home, 'bob-files')],
      ['team_project', 'team_project', join(bob.home, 'shared-work')],
    ]);

    write(alice, 'notes/personal_diary.txt', 'of Alice');
    write(bob, 'bob-files/bob_notes.txt', 'of Bob');
    write(alice, 'team-work/plans/project_plan.txt', 'the plan');
    write(bob, 'shared-work/code_review.md', 'the review');
    await arrives(join(bob.home, 'shared-work/plans/project_plan.txt'), 'the plan');
    await arrives(join(alice.home, 'team-work/code_review.md'), 'the review');
    write(bob, 'shared-work/plans/project_plan.txt', 'the plan, mended by Bob');
    await arrives(join(alice.home, 'team-work/plans/project_plan.txt'), 'the plan, mended by Bob');
    await inSync([alice, bob]);
    for (const folder of ['team-work', 'notes']) expect(existsSync(join(alice.home, folder, 'bob_notes.txt'))).toBe(false);
    for (const folder of ['shared-work', 'bob-files']) expect(existsSync(join(bob.home, folder, 'personal_diary.txt'))).toBe(false);

    const history = await bob.json<unknown[]>('history', '--directory', 'personal_workspace');
    expect(JSON.stringify(history)).toContain('bob_notes.txt');
    expect(JSON.stringify(history)).not.toContain('personal_diary.txt');
    const mine = await alice.json<unknown[]>('history', '--directory', 'personal_notes');
    expect(JSON.stringify(mine)).toContain('personal_diary.txt');
  });

  test('ignore what their patterns name, the defaults together with the own ones, and nothing else, also where a folder is deleted [CFG-01]', async () => {
    const ignored = ['a.tmp', 'deep/er/b.tmp', 'c.log', '.git/config', 'sub/.git/objects/ab/cd', '.git/a.txt'];
    const carried = ['a.tmp.txt', 'log', 'x.logs', 'git/config', '.gitignore', 'sub/.gitmodules', 'node_modules/left-pad/index.js'];
    for (const path of [...ignored, ...carried]) write(alice, `team-work/${path}`, `alice ${path}`);
    for (const path of ignored) write(bob, `shared-work/${path}`, `bob ${path}`);
    for (const path of carried) await arrives(join(bob.home, 'shared-work', path), `alice ${path}`);
    write(bob, 'shared-work/end.txt', 'end');
    await arrives(join(alice.home, 'team-work/end.txt'), 'end');
    await inSync([alice, bob]);
    for (const path of ignored) {
      expect(read(join(alice.home, 'team-work', path))).toBe(`alice ${path}`);
      expect(read(join(bob.home, 'shared-work', path))).toBe(`bob ${path}`);
    }
    const known = new Set((await alice.history()).map(({ path }) => path));
    expect([...known].filter((path) => ignored.includes(path))).toEqual([]);
    // Ignored on Alice's side only, and the entry itself only, as the specification says of a pattern with a slash at its end.
    mkdirSync(join(alice.home, 'team-work/lib/node_modules'), { recursive: true });
    mkdirSync(join(alice.home, 'team-work/lib/other'), { recursive: true });
    await until('the other folder is at bob', () => (existsSync(join(bob.home, 'shared-work/lib/other')) ? true : undefined));
    await inSync([alice, bob]);
    expect(existsSync(join(bob.home, 'shared-work/lib/node_modules'))).toBe(false);
    expect(read(join(alice.home, 'team-work/node_modules/left-pad/index.js'))).not.toBeNull();

    write(alice, 'team-work/old/file.txt', 'old');
    await arrives(join(bob.home, 'shared-work/old/file.txt'), 'old');
    write(bob, 'shared-work/old/own.tmp', 'of Bob alone');
    write(bob, 'shared-work/second.txt', 'second');
    await arrives(join(alice.home, 'team-work/second.txt'), 'second');
    await inSync([alice, bob]);
    rmSync(join(alice.home, 'team-work/old'), { recursive: true });
    await leaves(join(bob.home, 'shared-work/old/file.txt'));
    await inSync([alice, bob]);
    expect(read(join(bob.home, 'shared-work/old/own.tmp'))).toBe('of Bob alone');
    expect(existsSync(join(alice.home, 'team-work/old'))).toBe(false);
  });

  test('ask in the intervals that they name: 15 s where it is overridden, 30 s by default', async () => {
    await inSync([alice]);
    const seen = new Map<string, number[]>();
    // The first answers come with the start; then nothing happens, and only the interval asks.
    const enough = (): boolean => (seen.get('team_project')?.length ?? 0) >= 3 && (seen.get('personal_notes')?.length ?? 0) >= 2;
    for (const end = performance.now() + 120_000; !enough() && performance.now() < end; await delay(500)) {
      for (const { name, last_sync: at } of (await alice.status()).directories) {
        const times = seen.get(name) ?? [];
        const time = Date.parse(at as string);
        if (times.at(-1) !== time) seen.set(name, [...times, time]);
      }
    }
    const gaps = (name: string): number[] => {
      const times = seen.get(name) ?? [];
      return times.slice(1).map((time, index) => (time - (times[index] as number)) / 1000);
    };
    // The first is cut short by what came between the start of the clock and the first answer.
    expect(gaps('team_project')[1]).toBeGreaterThan(14);
    expect(gaps('team_project')[1]).toBeLessThan(29);
    expect(gaps('personal_notes')[0]).toBeGreaterThan(25);
  });
});
