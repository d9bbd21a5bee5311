import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NotPossibleHere, hasStrace, runScript } from './own-process.ts';
import { type MakeDisk, useWorld } from './world.ts';

const MIB = 1024 * 1024;

/** Reads the file f from its beginning to its end, as the method that is named does it. */
const READ = `
  const [module, root, method] = process.argv.slice(1);
  const Disk = Object.values(await import(module))[0];
  const disk = new Disk(root);
  const [{ stamp }] = await disk.stat(['f']);
  const file = { path: 'f', stamp };
  console.log(JSON.stringify(method === 'chunk' ? [await disk.chunk(file)] : await disk.hash([file])));
  await disk.close();
`;

/** What becomes of a large file that changes while it is read. `module` exports the disk's class alone. */
export function registerEarlyEndTests(make: MakeDisk, module: string): void {
  describe.skipIf(!hasStrace)('a large file that is read', () => {
    const world = useWorld(make);

    for (const method of ['hash', 'chunk']) {
      it(`is not read to its end when it is appended to meanwhile (strace stops the first read): ${method} (R39)`, async (context) => {
        const { root, outside, at } = world();
        const log = `${outside}/calls`;
        writeFileSync(at('f'), '');
        truncateSync(at('f'), 256 * MIB);
        let isOver = false;
        const read = runScript(READ, [module, root, method], { wrapper: stopAtFirstRead(at('f'), log) })
          .catch((error: unknown) => error as Error)
          .finally(() => (isOver = true));
        const stopped = await stoppedProcess(log, () => isOver);
        appendFileSync(at('f'), '!');
        if (stopped !== null) process.kill(stopped, 'SIGCONT');
        const answer = await read;
        if (answer instanceof NotPossibleHere) return context.skip(answer.message);
        expect(stopped).not.toBeNull();
        expect(answer).toEqual(['changed']);
        // Each is of 1 MiB.
        const reads = readFileSync(log, 'utf8').match(/pread64\(/g) ?? [];
        expect(reads.length).toBeLessThan(128);
      });
    }
  });
}

/** A wrapper that stops a process when it has read from a file for the first time, and writes all reads from it to a log. */
function stopAtFirstRead(file: string, log: string): string[] {
  return ['strace', '-f', '-qq', '-o', log, '-P', file, '-e', 'trace=pread64', '-e', 'inject=pread64:signal=SIGSTOP:when=1'];
}

/** The process that was stopped, once strace tells of it; null when its work is over before. */
async function stoppedProcess(log: string, isOver: () => boolean): Promise<number | null> {
  while (!isOver()) {
    const stopped = existsSync(log) ? /^(\d+) .*stopped by SIGSTOP/m.exec(readFileSync(log, 'utf8')) : null;
    if (stopped !== null) return Number(stopped[1]);
    await wait(5);
  }
  return null;
}
