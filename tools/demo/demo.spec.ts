import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('npm run demo -- --exit: every step holds, nothing is left behind, and there are no colours outside of a terminal', async () => {
  const demo = spawn(process.execPath, [join(import.meta.dirname, '..', 'demo.ts'), '--exit'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(demo, 'close')) as [number | null];
  expect(output).toMatch(/all 7 steps held/);
  expect(code).toBe(0);
  expect(output).not.toContain('\u001b');
  const folder = /all in (\S+)/.exec(output)?.[1] ?? '';
  expect(folder).toMatch(/syncpair-demo-/);
  expect(existsSync(folder)).toBe(false);
}, 300_000);
