import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DiskProblem } from '../disk.ts';
import { ended, startScript } from './own-process.ts';
import { type MakeDisk, act, debris, file, path, sha256, stampOf, useWorld } from './world.ts';

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

/** Replaces all files again and again, each time by one letter repeated. */
const REPLACE = `
  const [module, root] = process.argv.slice(1);
  const Disk = Object.values(await import(module))[0];
  const disk = new Disk(root);
  const names = Array.from({ length: 20 }, (_, index) => 'f' + index);
  process.stdout.write('ready');
  for (let round = 0; ; round += 1) {
    const content = { bytes: Buffer.alloc(100_000, 'abcdefgh'[round % 8]) };
    const seen = await disk.stat(names);
    await disk.apply(names.map((path, index) => ({ op: 'file', path, expected: { stamp: seen[index].stamp }, content, mtime: 0n, executable: false })));
  }
`;

/** `module` exports the disk's class alone, for scripts that run in a process of their own. */
export function registerHostileTests(make: MakeDisk, module: string): void {
  describe.skipIf(process.platform !== 'linux')('among hostile neighbours', () => {
    const world = useWorld(make);

    it('never reads, writes or removes outside while a folder is swapped for a link in a loop (R29)', { timeout: 120_000 }, async () => {
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
        for (const listed of await disk.list([path('d'), null]))
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

    it('leaves each file wholly old or wholly new when it is killed, and cleans up (R27)', { timeout: 120_000 }, async () => {
      const { root, at, disk } = world();
      const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
      for (const name of names) writeFileSync(at(name), '0'.repeat(100_000));
      for (let round = 0; round < 8; round += 1) {
        const child = startScript(REPLACE, [module, root]);
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
    });
  });
}
