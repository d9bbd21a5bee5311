/**
 * Sends a running server requests made by chance: every route of both services, and what is no HTTP at all. None may end it, be answered
 * with an unmeant 5xx, or stay without an answer.
 *
 * Usage: npm run fuzz -- [--inputs 100000] [--seed N]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageOf } from '../../bench/load/usage.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({ options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
const folder = mkdtempSync(join(tmpdir(), 'syncpair-fuzz-'));
const server = new ServerProcess(folder, join(folder, 'storage'), ['env', 'SYNCPAIR_RATE=off']);
try {
  await server.start();
  const before = usageOf(server.process.pid).bytes;
  const begun = performance.now();
  const result = await fuzz(server.port, {
    seed,
    inputs: Number(values.inputs),
    onProgress: (done) => process.stderr.isTTY && process.stderr.write(`\r${done} inputs`),
  });
  const grown = Math.round((usageOf(server.process.pid).bytes - before) / 1e6);
  for (const { input, what, bytes } of result.findings) console.log(`input ${input} ${what}\n  echo ${bytes} | base64 -d`);
  console.log(JSON.stringify(result.statuses));
  const verdict = result.findings.length === 0 && server.process.isRunning ? 'all well' : `${result.findings.length} findings`;
  console.log(
    `fuzz: ${result.inputs} inputs, seed ${seed}; memory ${grown >= 0 ? '+' : ''}${grown} MB; slowest health ${result.slowestHealthMs} ms; ` +
      `${Math.round((performance.now() - begun) / 1000)} s; ${verdict}`,
  );
  if (verdict !== 'all well') process.exitCode = 1;
} finally {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
}
