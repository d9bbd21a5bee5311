/**
 * Makes system calls of a real client and a real server fail, one kind after the other, while files travel both ways, and looks at what
 * became of them.
 *
 * Usage: npm run disk-faults [-- --seed N] [--occurrences N] [--only TEXT]
 */
import { parseArgs } from 'node:util';
import { Random } from '../harness/random.ts';
import { describeCase } from './fault-case.ts';
import { faultCases } from './fault-cases.ts';
import { openFaultStage } from './fault-stage.ts';
import { playCase } from './play-case.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    /** Cases of each failure of each call beside the very first call. */
    occurrences: { type: 'string', default: '2' },
    /** Only cases whose description has this in it. */
    only: { type: 'string', default: '' },
  },
});
const random = new Random(Number(values.seed));
const cases = faultCases(random, Number(values.occurrences)).filter((fault) => describeCase(fault).includes(values.only));

const sum = { injected: 0, told: 0, bad: 0, idle: 0 };
const begun = performance.now();
let stage = await openFaultStage();
for (const [index, fault] of cases.entries()) {
  const { injected, told, wrong } = await playCase(stage, fault, random, `case-${index}`);
  sum.injected += injected;
  sum.told += told > 0 ? 1 : 0;
  sum.idle += injected === 0 ? 1 : 0;
  sum.bad += wrong.length > 0 ? 1 : 0;
  console.log(`${wrong.length > 0 ? 'BAD ' : 'ok  '} ${describeCase(fault)}: ${injected} failed, ${told} problems told`);
  for (const line of wrong) console.log(`     ${line}`);
  if (wrong.length > 0) {
    console.log(`${stage.victim.log.slice(-4_000)}\n--- server\n${stage.server.log.slice(-2_000)}`);
    await stage.close();
    stage = await openFaultStage();
  }
}
await stage.close();
console.log(
  `disk faults, seed ${values.seed}: ${cases.length} cases, ${sum.injected} calls failed, problems told in ${sum.told}, nothing failed in ${sum.idle}, ` +
    `${sum.bad} with something lost, deleted, wrong or not mended; ${Math.round((performance.now() - begun) / 1_000)} s`,
);
process.exitCode = sum.bad > 0 ? 1 : 0;
