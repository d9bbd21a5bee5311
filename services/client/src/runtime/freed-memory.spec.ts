import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const command = join(import.meta.dirname, '../../bin/syncpair');
const tell = `process.stdout.write(Object.entries(process.env).filter(([name]) => name.startsWith('MALLOC_')).sort().join(' ')); process.exit()`;

/** What the process of the command was told about memory, when it was started with this beside the ordinary environment. */
async function told(environment: Readonly<Record<string, string>>): Promise<string> {
  const env = { PATH: process.env['PATH'], ...environment, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };
  return (await run(command, ['--help'], { env, timeout: 30_000 })).stdout;
}

it('tells the C library to give back what was freed, and leaves what somebody has set', async () => {
  expect(await told({})).toBe('MALLOC_ARENA_MAX,2 MALLOC_MMAP_THRESHOLD_,131072 MALLOC_TRIM_THRESHOLD_,131072');
  expect(await told({ MALLOC_ARENA_MAX: '8' })).toContain('MALLOC_ARENA_MAX,8 ');
});
