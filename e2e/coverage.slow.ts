import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, read } from './harness/files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const watchOf = async (client: ClientProcess): Promise<{ mode: string; coverage: number; reason: string | null } | undefined> =>
  (await client.status()).directories[0]?.watch;

/** A command that lets its arguments have few watches, in a user namespace of their own. */
const FEW_WATCHES = ['unshare', '-rU', 'sh', '-c', 'echo 8 > /proc/sys/user/max_inotify_watches || exit 77; exec "$0" "$@"'];

test('with too few watches the rest is scanned, status tells how much and why, and it heals when there are enough [BAS-07]', async (context) => {
  const [command, ...args] = FEW_WATCHES;
  const probe = spawnSync(command as string, [...args, 'true']);
  if (probe.status !== 0) context.skip('this machine does not let user namespaces set inotify limits');
  const alice = world.client('alice', { wrapper: FEW_WATCHES, settings: { sync_interval_seconds: 2 } });
  const bob = world.client('bob');
  for (let n = 0; n < 30; n += 1) {
    mkdirSync(alice.at(`folder-${n}`));
    writeFileSync(alice.at(`folder-${n}`, 'file'), 'first');
  }
  await Promise.all([alice.start(), bob.start()]);
  await arrives(bob.at('folder-29', 'file'), 'first');
  const watch = await watchOf(alice);
  expect(watch?.coverage).toBeLessThan(0.5);
  expect(watch?.reason).toContain('max_user_watches');
  expect((await alice.run('status')).stdout).toContain('max_user_watches');
  for (let n = 0; n < 30; n += 1) writeFileSync(alice.at(`folder-${n}`, 'file'), 'second, and longer');
  for (let n = 0; n < 30; n += 1) await arrives(bob.at(`folder-${n}`, 'file'), 'second, and longer');
  await stabilise([alice, bob]);
});

test('a folder that is polled is scanned at each interval, and status says so [BAS-07]', async () => {
  const alice = world.client('alice', { settings: { watch: 'polling', sync_interval_seconds: 1 } });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  expect(await watchOf(alice)).toMatchObject({ mode: 'polling', coverage: 0 });
  mkdirSync(alice.at('sub'));
  writeFileSync(alice.at('sub', 'file'), 'found by looking');
  await arrives(bob.at('sub', 'file'), 'found by looking');
  writeFileSync(bob.at('sub', 'file'), 'from bob');
  await arrives(alice.at('sub', 'file'), 'from bob');
  await stabilise([alice, bob]);
});

test('when the system drops events, everything is looked at, and nothing waits for an interval [BAS-07]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 3_600, ignore_patterns: ['*.tmp'] } });
  mkdirSync(alice.at('deep'));
  writeFileSync(alice.at('deep', 'file'), 'before');
  await arrives(bob.at('deep', 'file'), 'before');
  await stabilise([alice, bob]);
  alice.process.signal('SIGSTOP');
  // Two files in turn: the kernel merges equal events that follow each other.
  const flood = 'i=0; while [ $i -lt 9000 ]; do echo >> a.tmp; echo >> b.tmp; i=$((i+1)); done';
  expect(spawnSync('sh', ['-c', flood], { cwd: alice.folder }).status).toBe(0);
  writeFileSync(alice.at('deep', 'file'), 'its event was dropped');
  writeFileSync(alice.at('deep', 'new'), 'this one, too');
  alice.process.signal('SIGCONT');
  await arrives(bob.at('deep', 'file'), 'its event was dropped');
  await arrives(bob.at('deep', 'new'), 'this one, too');
  expect(alice.log).toContain('file events were lost');
  await until('status is quiet again', async () => ((await watchOf(alice))?.reason === null ? true : undefined));
  await stabilise([alice, bob], { without: (path) => path.endsWith('.tmp') });
});

test('thousands of writes to one file in a second are few versions, and the last one wins [BAS-09]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const line = (n: number): string => `line ${n}\n`;
  let expected = '';
  const begun = performance.now();
  for (let n = 0; n < 5_000; n += 1) {
    appendFileSync(alice.at('log'), line(n));
    expected += line(n);
    // Spread over a second, so that the client sees the file change all the time.
    if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 8));
  }
  expect(performance.now() - begun).toBeGreaterThan(500);
  await arrives(bob.at('log'), expected);
  await stabilise([alice, bob]);
  const versions = (await alice.history('log')).length;
  expect(versions).toBeGreaterThan(0);
  expect(versions).toBeLessThanOrEqual(50);
  expect(read(bob.at('log'))).toBe(expected);
});
