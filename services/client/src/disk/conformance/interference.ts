import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hasStrace, runScript } from './own-process.ts';
import { type MakeDisk, debris, observed, useWorld } from './world.ts';

/** Makes, replaces or removes the file f, whose stamp it takes itself. */
const APPLY = `
  const [module, root, op, made] = process.argv.slice(1);
  const Disk = Object.values(await import(module))[0];
  const disk = new Disk(root);
  const expected = made === 'absent' ? made : { stamp: (await disk.stat(['f']))[0].stamp };
  const content = { bytes: Buffer.from('ours') };
  const action = { op, path: 'f', expected, content, mtime: 0n, executable: false };
  console.log(JSON.stringify((await disk.apply([action]))[0], (key, value) => typeof value === 'bigint' ? Number(value) : value));
`;

/**
 * What happens between two system calls, and when one fails; strace holds and fails them. `module` exports the disk's class alone.
 */
export function registerInterferenceTests(make: MakeDisk, module: string): void {
  describe.skipIf(!hasStrace)('interfered with by strace', () => {
    const world = useWorld(make);

    it('rescues what is written to a file while it is replaced (strace holds the rename) (R26)', async (context) => {
      const { root, at, disk } = world();
      writeFileSync(at('f'), 'theirs');
      const descriptor = openSync(at('f'), 'a');
      const applied = runScript(APPLY, [module, root, 'file'], { wrapper: strace('rename', 'delay_exit=500000') }).catch(
        (error: unknown) => error as Error,
      );
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

    it('gives back what is written to a file while it is removed (strace holds the rename) (R26)', async (context) => {
      const { root, at } = world();
      writeFileSync(at('f'), 'theirs');
      const descriptor = openSync(at('f'), 'a');
      const applied = runScript(APPLY, [module, root, 'remove'], { wrapper: strace('rename', 'delay_exit=500000') }).catch(
        (error: unknown) => error as Error,
      );
      for (let waited = 0; waited < 20_000 && existsSync(at('f')); waited += 5) await wait(5);
      writeSync(descriptor, ' and more');
      closeSync(descriptor);
      const result = await applied;
      if (result instanceof Error) return context.skip(result.message);
      expect(result).toEqual({ status: 'changed' });
      expect(readFileSync(at('f'), 'utf8')).toBe('theirs and more');
      expect(debris(world())).toEqual([]);
    });

    it('never replaces what appears where nothing was (strace holds the link) (R25)', async (context) => {
      const { root, at } = world();
      const wrapper = strace('link', 'delay_enter=700000:when=1');
      const applied = runScript(APPLY, [module, root, 'file', 'absent'], { wrapper }).catch((error: unknown) => error as Error);
      for (let waited = 0; waited < 20_000 && debris(world()).length === 0; waited += 5) await wait(5);
      await wait(300);
      writeFileSync(at('f'), 'theirs');
      const result = await applied;
      if (result instanceof Error) return context.skip(result.message);
      expect(result).toEqual({ status: 'changed' });
      expect(readFileSync(at('f'), 'utf8')).toBe('theirs');
      expect(debris(world())).toEqual([]);
    });

    for (const [call, fault, status, content] of [
      ['fsync', 'error=EIO:when=1', 'problem', 'theirs'],
      ['fsync', 'error=EIO:when=2', 'problem', 'ours'],
      ['rename', 'error=ENOSPC', 'problem', 'theirs'],
      ['link', 'error=EIO', 'problem', 'theirs'],
      ['link', 'error=EPERM', 'done', 'ours'],
      ['link', 'error=EMLINK', 'done', 'ours'],
      ['unlink', 'error=EIO', 'done', 'ours'],
      ['futimesat,utimensat', 'error=EIO', 'problem', 'theirs'],
    ] as const) {
      it(`answers ${call} with ${fault} truly: ${status}, and the file is ${content}`, async (context) => {
        const { root, at } = world();
        writeFileSync(at('f'), 'theirs');
        const answer = runScript(APPLY, [module, root, 'file'], { wrapper: strace(call, fault) });
        const result = await answer.catch((error: unknown) => error as Error);
        if (result instanceof Error) return context.skip(result.message);
        expect(result).toMatchObject({ status });
        expect(readFileSync(at('f'), 'utf8')).toBe(content);
        if (call !== 'unlink') expect(debris(world())).toEqual([]);
      });
    }
  });
}

/** A wrapper that injects a fault or a delay into system calls. */
const strace = (calls: string, fault: string): string[] => {
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:${fault}`];
};
