/**
 * Measures SyncPair beside its peers in one run and writes what came out to bench/RESULTS.md, with the command and the machine.
 *
 * Usage: npm run bench -- [--quick] [options of bench/compare.py]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

interface Measured {
  readonly started: string;
  readonly finished: string;
  readonly environment: { readonly kernel: string; readonly cpus: number; readonly versions: Readonly<Record<string, string>> };
  readonly load_before: readonly number[];
  readonly load_after: readonly number[];
  readonly tree?: { readonly files: number; readonly bytes: number };
}

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const isQuick = given.includes('--quick');
const options = given.includes('--rounds') ? given : ['--rounds', '1', ...given];
const json = join(root, 'bench', 'out', `${isQuick ? 'quick' : 'full'}.json`);
mkdirSync(join(root, 'bench', 'out'), { recursive: true });

const tables = await measure(['bench/compare.py', ...options, '--json', json]);
if (!isQuick) {
  const measured = JSON.parse(readFileSync(json, 'utf8')) as Measured;
  writeFileSync(join(root, 'bench', 'RESULTS.md'), report(measured, tables));
  console.log('written to bench/RESULTS.md');
}

/** Runs the comparison; its progress is passed on. @returns what it printed in the end */
function measure(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      process.stdout.write(text);
    });
    child.on('error', (error) => reject(new Error(`python3 is needed for the comparison: ${error.message}`)));
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`the comparison ended with ${code}`))));
  });
}

function report({ started, finished, environment, load_before, load_after, tree }: Measured, tables: string): string {
  const load = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(', ');
  const versions = Object.values(environment.versions).map((version) => `- ${version}`);
  return `# What was measured

\`\`\`
npm run bench${given.length === 0 ? '' : ` -- ${given.join(' ')}`}
\`\`\`

${started} to ${finished}, on ${environment.cpus} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${environment.kernel},
Node.js ${process.versions.node}${tree === undefined ? '' : `; a tree of ${tree.files.toLocaleString('en')} files, ${Math.round(tree.bytes / 1e6)} MB`}. Load of the machine before: ${load(load_before)}; after: ${load(load_after)}.

${versions.join('\n')}

Compare ratios within this run only; [README.md](README.md) says what each line measures and what is not alike.

${tables.trim()}
`;
}
