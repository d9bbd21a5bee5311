import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { NativeWatcher } from './native-watcher.ts';
import type { WatchHint } from './watcher.ts';
import { registerWatcherTests } from './watcher-conformance.ts';

const module = join(import.meta.dirname, 'native-watcher.ts');

registerWatcherTests('NativeWatcher', module, (options) => new NativeWatcher(options));

/** Raises the limit once the watcher has met it, and prints how much is watched before and after. */
const RAISED = `
  import { writeFileSync } from 'node:fs';
  const limit = (value) => writeFileSync('/proc/sys/user/max_inotify_watches', String(value));
  const [module, root] = process.argv.slice(1);
  const { NativeWatcher } = await import(module);
  limit(10);
  const watcher = new NativeWatcher({ root, prunes: () => false, retryMs: 50 });
  const hints = [];
  await watcher.start((hint) => hints.push(hint));
  const before = watcher.coverage();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const lost = hints.filter((hint) => hint.kind === 'lost').length;
  limit(1000);
  for (let waited = 0; waited < 20_000 && watcher.coverage() < 1; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  const folders = new Set(hints.filter((hint) => hint.kind === 'folder').map((hint) => hint.folder)).size;
  console.log(JSON.stringify({ before, lost, after: watcher.coverage(), uncovered: watcher.uncovered().size, folders }));
  await watcher.close();
`;

it.skipIf(process.platform !== 'linux')(
  'watches what a limit left out as soon as the limit is raised, and says what may have changed',
  async (context) => {
    const root = await mkdtemp(join(tmpdir(), 'syncpair-watch-'));
    try {
      for (let index = 0; index < 30; index += 1) await mkdir(join(root, `d${index}`));
      const probe = 'echo 10 > /proc/sys/user/max_inotify_watches || exit 77; exec "$@"';
      const node = [
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        '--input-type=module-typescript',
        '-e',
        RAISED,
        module,
        root,
      ];
      const child = promisify(execFile)('unshare', ['-rU', 'sh', '-c', probe, 'sh', ...node]);
      const answer = await child.catch((error: { code?: unknown }) => {
        if (error.code === 77 || error.code === 'ENOENT') return null;
        throw error as Error;
      });
      if (answer === null) return context.skip('this machine does not let user namespaces set inotify limits');
      const { before, lost, after, uncovered, folders } = JSON.parse(answer.stdout) as Record<string, number>;
      expect({ lost, after, uncovered }).toEqual({ lost: 1, after: 1, uncovered: 0 });
      expect(before).toBeLessThan(0.5);
      expect(folders).toBeGreaterThan(20);
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

it.skipIf(process.platform !== 'linux')('watches a folder whose event was dropped in a flood', async (context) => {
  const limit = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  if (limit > 100_000) return context.skip('this machine queues too many events to make it drop one');
  const root = await mkdtemp(join(tmpdir(), 'syncpair-watch-'));
  const hints: WatchHint[] = [];
  const watcher = new NativeWatcher({ root, prunes: () => false });
  try {
    for (const name of ['a', 'b']) writeFileSync(join(root, name), '1');
    await watcher.start((hint) => hints.push(hint));
    // The thread reads nothing meanwhile; equal events in a row would be one.
    for (let count = 0; count <= limit; count += 1) utimesSync(join(root, count % 2 === 0 ? 'a' : 'b'), count, count);
    mkdirSync(join(root, 'new/deeper'), { recursive: true });
    await until(() => hints.some((hint) => hint.kind === 'lost'));
    await until(() => hints.some((hint) => hint.kind === 'folder' && hint.folder === 'new/deeper'));
    await writeFile(join(root, 'new/deeper/f'), '1');
    await until(() => hints.some((hint) => hint.kind === 'path' && hint.path === 'new/deeper/f'));
    expect(watcher.coverage()).toBe(1);
  } finally {
    await watcher.close();
    await rm(root, { recursive: true, force: true });
  }
});

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 20_000 && !holds(); waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
}
