import { cpSync, existsSync, lstatSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../harness/command.ts';
import { familyOf, forgetPeak, inMiB, memoryOf, tellPeaks } from '../harness/memory.ts';
import { inSync } from '../harness/in-sync.ts';
import { stabilise } from '../harness/stabilise.ts';
import { type Tree, differences, readTree } from '../harness/tree.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

/** A tree that nobody made for a test: this project's own packages, or what `SYNCPAIR_REAL_TREE` names. */
const SOURCE = process.env['SYNCPAIR_REAL_TREE'] ?? join(ROOT, 'node_modules');
/** Milliseconds for a tree of tens of thousands of files to arrive on a slow machine. */
const WITHIN = 1_800_000;

const world = useWorld({ testTimeout: 2 * WITHIN });

const bytesOf = (tree: Tree): number => [...tree.values()].reduce((sum, { kind, size }) => sum + (kind === 'file' ? size : 0), 0);

const modesOf = (folder: string, tree: Tree): string[] =>
  [...tree].flatMap(([path, { kind }]) =>
    kind === 'file' ? [`${path} ${lstatSync(Buffer.from(`${folder}/${path}`, 'latin1')).mode & 0o100}`] : [],
  );

test("this project's own node_modules: identical at the other side, and not one byte of content again after a restart of everything or under another name [WRK-07]", async () => {
  const started = performance.now();
  const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const server = world.otherServer();
  await server.start();
  const [up, down] = [await world.proxy(server.url), await world.proxy(server.url)];
  const alice = world.client('alice', { server: up.url });
  const bob = world.client('bob', { server: down.url });
  cpSync(SOURCE, alice.at('node_modules'), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  const source = await readTree(alice.folder);
  const bytes = bytesOf(source);
  console.log(`${source.size} entries, ${inMiB(bytes)}: copied after ${elapsed()}`);

  await Promise.all([alice.start(), bob.start()]);
  const pids = (): Record<string, number> => ({
    alice: alice.process.pid,
    bob: bob.process.pid,
    server: server.process.pid,
    'largest PostgreSQL process': familyOf(server.process.pid)
      .slice(1)
      .sort((a, b) => memoryOf(b).peak - memoryOf(a).peak)[0] as number,
  });
  const begun = performance.now();
  await inSync([alice], { within: WITHIN });
  console.log(`sent after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  await inSync([bob], { within: WITHIN });
  console.log(`at bob after ${((performance.now() - begun) / 1000).toFixed(1)} s; peaks: ${tellPeaks(pids())}`);
  const tree = await stabilise([alice, bob], { within: 300_000 });
  expect(differences(source, tree)).toEqual([]);
  expect(modesOf(bob.folder, tree)).toEqual(modesOf(alice.folder, tree));
  expect((await bob.status()).directories[0]?.problems).toEqual([]);
  expect(await alice.conflicts()).toEqual([]);
  console.log(`${inMiB(up.passed.up)} went up, ${inMiB(down.passed.down)} came down`);

  await Promise.all([alice.stop(), bob.stop()]);
  await server.stop();
  await server.start();
  const before = { up: up.passed.up, down: down.passed.down };
  const again = performance.now();
  await Promise.all([alice.start(), bob.start()]);
  Object.values(pids()).forEach(forgetPeak);
  await inSync([alice, bob], { within: WITHIN });
  console.log(`in sync again ${((performance.now() - again) / 1000).toFixed(1)} s after the restart; peaks: ${tellPeaks(pids())}`);
  expect(differences(tree, await stabilise([alice, bob], { within: 300_000 }))).toEqual([]);
  const sent = { up: up.passed.up - before.up, down: down.passed.down - before.down };
  console.log(`after the restart ${sent.up} B went up and ${sent.down} B came down`);
  // Requests and heartbeats, and no content: a single batch of contents would be more than this.
  expect(sent.up).toBeLessThan(64 * 1024);
  expect(sent.down).toBeLessThan(64 * 1024);

  const renamed = performance.now();
  const between = { up: up.passed.up, down: down.passed.down };
  renameSync(alice.at('node_modules'), alice.at('packages'));
  await until('the new name is at bob', () => (existsSync(bob.at('packages')) ? true : undefined), { within: WITHIN });
  await inSync([alice, bob], { within: WITHIN });
  console.log(
    `the whole renamed after ${((performance.now() - renamed) / 1000).toFixed(1)} s, ` +
      `with ${up.passed.up - between.up} B up and ${down.passed.down - between.down} B down`,
  );
  const after = await stabilise([alice, bob], { within: 300_000 });
  expect(after.size).toBe(tree.size);
  expect([...after.keys()].filter((path) => path.startsWith('node_modules'))).toEqual([]);
  expect(down.passed.down - between.down).toBeLessThan(bytes / 20);
});
