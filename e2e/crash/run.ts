/**
 * Kills clients, servers and PostgreSQL in every way there is, and looks whether anything was lost: `npm run crash`, see docs/crash-safety.md.
 * Ends with 1 when something was.
 */
import { parseArgs } from 'node:util';
import type { PartOptions } from './part.ts';
import { PARTS, type PartName } from './parts.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    kills: { type: 'string', default: '500' },
    calls: { type: 'string' },
  },
});
const chosen = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = chosen.filter((name) => !(name in PARTS));
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);

const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const calls = values.calls?.split(',') ?? null;
const options: PartOptions = { seed, kills: Number(values.kills), calls, tell: (line) => console.log(`  ${line}`) };
console.log(`crash: seed ${seed}`);
for (const name of chosen as PartName[]) {
  const began = performance.now();
  const { counts, failures, logs } = await PARTS[name](options);
  const verdict = failures.length === 0 ? 'all well' : `${failures.length} FAILURES`;
  console.log(`crash: ${name} ${counts}; ${Math.round((performance.now() - began) / 1000)} s; ${verdict}`);
  if (failures.length === 0) continue;
  process.exitCode = 1;
  console.log(
    [
      ...failures.slice(0, 40),
      `again: npm run crash -- --seed ${seed} --only ${name}${values.calls === undefined ? '' : ` --calls ${values.calls}`}`,
      logs,
    ].join('\n'),
  );
}
