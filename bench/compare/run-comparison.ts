import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartRun } from '../report/part-run.ts';
import type { Comparison } from './comparison.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the comparison measured, and its tables in Markdown. */
export interface Compared {
  readonly comparison: Comparison;
  readonly tables: string;
}

/** Runs compare.py; its progress is passed on. `json`: where it keeps its samples. */
export async function runComparison(args: readonly string[], json: string, run: PartRun): Promise<Compared | null> {
  let compared: Compared | null = null;
  await run.attempt('the comparison', async () => {
    const tables = await python(['bench/compare.py', ...args, '--json', json]);
    compared = { tables, comparison: JSON.parse(readFileSync(json, 'utf8')) as Comparison };
  });
  return compared;
}

/** @returns what it printed */
function python(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.on('error', (error) => reject(new Error(`python3 is needed for the comparison: ${error.message}`)));
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`compare.py ended with ${code}`))));
  });
}
