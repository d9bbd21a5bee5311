import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Whether the C library is the one that keeps freed memory; the type of a report does not tell what it holds. */
function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}

it.skipIf(!hasGlibc())('gives back what lies free between blocks that are held, and what SQLite keeps to be quick', async () => {
  const script = join(import.meta.dirname, 'release-memory.process.ts');
  const { stdout } = await run(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', script], { timeout: 60_000 });
  const { holes, pages } = JSON.parse(stdout) as { holes: number; pages: number };
  // Of 150 MiB, and of 8 MB.
  expect(holes).toBeGreaterThan(100);
  expect(pages).toBeGreaterThan(5);
});
