import { closeSync, openSync, readFileSync, readdirSync, existsSync, mkdirSync, writeFileSync, writeSync, appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DiskProblem } from '../disk.ts';
import { ended, hasStrace, runScript, startScript } from './own-process.ts';
import { type MakeDisk, act, debris, file, observed, path, sha256, stampOf, useWorld } from './world.ts';

/** Module of `LocalDisk`, for scripts that run in a process of their own. */
const LOCAL_DISK = new URL('../local-disk.ts', import.meta.url).href;

const SWAP = `
  import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
  const [root, outside] = process.argv.slice(1);
  process.stdout.write('ready');
  for (;;) {
    renameSync(root + '/d', root + '/real');
    symlinkSync(outside, root + '/d');
    unlinkSync(root + '/d');
    renameSync(root + '/real', root + '/d');
  }
`;

/** Replaces or removes \`f\`, whose stamp it takes itself. */
const APPLY = `
  const [module, root, op] = process.argv.slice(1);
  const { LocalDisk } = await import(module);
  const disk = new LocalDisk(root);
  const [{ stamp }] = await disk.stat(['f']);
  const content = { bytes: Buffer.from('ours') };
  const action = { op, path: 'f', expected: { stamp }, content, mtime: 0n, executable: false };
  console.log(JSON.stringify((await disk.apply([action]))[0], (key, value) => typeof value === 'bigint' ? Number(value) : value));
`;

/** Replaces all files again and again, each time by one letter repeated. */
const REPLACE = `
  const [module, root] = process.argv.slice(1);
  const { LocalDisk } = await import(module);
  const disk = new LocalDisk(root);
  const names = Array.from({ length: 20 }, (_, index) => 'f' + index);
  process.stdout.write('ready');
  for (let round = 0; ; round += 1) {
    const content = { bytes: Buffer.alloc(100_000, 'abcdefgh'[round % 8]) };
    const seen = await disk.stat(names);
    await disk.apply(names.map((path, index) => ({ op: 'file', path, expected: { stamp: seen[index].stamp }, content, mtime: 0n, executable: false })));
  }
`;

export function registerHostileTests(make: MakeDisk): void {
  describe.skipIf(process.platform !== 'linux')('among hostile neighbours', () => {
    const world = useWorld(make);

    it('never reads, writes or removes outside while a folder is swapped for a link in a loop', { timeout: 120_000 }, async () => {
      const { disk, root, outside, at } = world();
      mkdirSync(at('d'));
      writeFileSync(`${outside}/secret`, 'secret');
      const secret = await make(outside).stat([path('secret')]);
      const stamp = (secret[0] as { stamp: string }).stamp;
      const attacker = startScript(SWAP, [root, outside]);
      await new Promise((resolve) => attacker.stdout?.once('data', resolve));
      const outcomes = new Map<string, number>();
      for (let round = 0; round < 250; round += 1) {
        const results = await disk.apply([
          file('d/f', 'content'),
          { op: 'remove', path: path('d/secret'), expected: { stamp } },
          { op: 'metadata', path: path('d/secret'), expected: { stamp }, mtime: 0n, executable: true },
          { op: 'rename', from: path('d/secret'), to: path('stolen'), expected: { stamp } },
          file('d/copy', '', { content: { copyOf: { path: path('d/secret'), stamp }, hash: sha256('secret') } }),
        ]);
        results.forEach(({ status }, index) => outcomes.set(`${index} ${status}`, (outcomes.get(`${index} ${status}`) ?? 0) + 1));
        const stream = await disk.openRead(path('d/secret'), 0);
        expect(stream).toBeInstanceOf(DiskProblem);
        expect(await disk.read([{ path: path('d/secret'), stamp }])).toEqual(['changed']);
        const listed = await disk.list(path('d'));
        if (!(listed instanceof DiskProblem)) expect(listed.entries.map((entry) => entry.path)).not.toContain('d/secret');
        const [made] = await disk.stat([path('d/f')]);
        if (made !== null && made !== undefined && 'stamp' in made) {
          await disk.apply([{ op: 'remove', path: path('d/f'), expected: { stamp: made.stamp } }]);
        }
      }
      attacker.kill('SIGKILL');
      await ended(attacker);
      expect(readdirSync(outside)).toEqual(['secret']);
      expect(readFileSync(`${outside}/secret`, 'utf8')).toBe('secret');
      // The attack must have hit and missed, or it proves nothing.
      expect(outcomes.get('0 done')).toBeGreaterThan(0);
      expect(outcomes.get('0 problem')).toBeGreaterThan(0);
    });

    it.skipIf(!hasStrace)('rescues what is written to a file while it is replaced (strace holds the rename)', async (context) => {
      const { root, at, disk } = world();
      writeFileSync(at('f'), 'theirs');
      const descriptor = openSync(at('f'), 'a');
      const applied = runScript(APPLY, [LOCAL_DISK, root, 'file'], { wrapper: slow('rename') }).catch((error: unknown) => error as Error);
      for (let waited = 0; waited < 20_000 && readFileSync(at('f'), 'utf8') !== 'ours'; waited += 5) await wait(5);
      writeSync(descriptor, ' and more');
      closeSync(descriptor);
      const result = await applied;
      if (result instanceof Error) return context.skip(result.message);
      const { status, rescued } = result as { status: string; rescued: string };
      expect({ status, rescued }).toEqual({ status: 'done', rescued: expect.stringMatching(/^f\.conflict-local-[0-9a-f]{8}$/) as string });
      expect(readFileSync(at('f'), 'utf8')).toBe('ours');
      expect(readFileSync(at(rescued), 'utf8')).toBe('theirs and more');
      expect(debris(world())).toEqual([]);
      expect(await observed(disk, rescued)).toMatchObject({ kind: 'file' });
    });

    it.skipIf(!hasStrace)('gives back what is written to a file while it is removed (strace holds the rename)', async (context) => {
      const { root, at } = world();
      writeFileSync(at('f'), 'theirs');
      const descriptor = openSync(at('f'), 'a');
      const applied = runScript(APPLY, [LOCAL_DISK, root, 'remove'], { wrapper: slow('rename') }).catch((error: unknown) => error as Error);
      for (let waited = 0; waited < 20_000 && existsSync(at('f')); waited += 5) await wait(5);
      writeSync(descriptor, ' and more');
      closeSync(descriptor);
      const result = await applied;
      if (result instanceof Error) return context.skip(result.message);
      expect(result).toEqual({ status: 'changed' });
      expect(readFileSync(at('f'), 'utf8')).toBe('theirs and more');
      expect(debris(world())).toEqual([]);
    });

    it('leaves each file wholly old or wholly new when it is killed, and cleans up', { timeout: 120_000 }, async () => {
      const { root, at, disk } = world();
      const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
      for (const name of names) writeFileSync(at(name), '0'.repeat(100_000));
      for (let round = 0; round < 12; round += 1) {
        const child = startScript(REPLACE, [LOCAL_DISK, root]);
        await new Promise((resolve) => child.stdout?.once('data', resolve));
        await wait(20 + Math.random() * 150);
        child.kill('SIGKILL');
        await ended(child);
        for (const name of names) {
          const content = readFileSync(at(name), 'utf8');
          expect(content.length).toBe(100_000);
          expect(content).toBe((content[0] as string).repeat(100_000));
        }
      }
      await disk.clean();
      expect(debris(world()).filter((name) => name.startsWith('t-'))).toEqual([]);
      expect((await act(disk, file('f0', 'after', { expected: await stampOf(disk, 'f0') }))).status).toBe('done');
      appendFileSync(at('f0'), '!');
    });
  });
}

/** A wrapper that lets every such call wait for half a second after it is done. */
const slow = (call: string): string[] => [
  'strace',
  '-f',
  '-qq',
  '-o',
  '/dev/null',
  '-e',
  `trace=${call}`,
  '-e',
  `inject=${call}:delay_exit=500000`,
];
