import { writeFileSync } from 'node:fs';
import { encodePlan } from '../../libs/testing/src/simulator/plan/plan-file.ts';
import type { Plan } from '../../libs/testing/src/simulator/plan/plan.ts';
import { playPlan } from '../../libs/testing/src/simulator/play-plan.ts';
import { shrinkPlan } from '../../libs/testing/src/simulator/shrink/shrink-plan.ts';

/** Lines of the trace that are printed; the whole is seen with `--trace`. */
const MOST_LINES = 150;

/** Makes a failing plan small, prints what is left of it and how it goes, and keeps it in `saveAs`. */
export async function tellFailure(plan: Plan, print: (line: string) => void, saveAs: string | null): Promise<void> {
  const { findings } = await playPlan(plan);
  const rule = findings[0]?.rule;
  for (const finding of findings.slice(0, 10)) print(`  ${finding.rule}: ${finding.message}`);
  const small = await shrinkPlan(plan, async (tried) => (await playPlan(tried)).findings.some((finding) => finding.rule === rule));
  const played = await playPlan(small, { keepTrace: true });
  print(`shrunk from ${plan.steps.length} steps of ${plan.clients.length} clients to ${small.steps.length} of ${small.clients.length}:`);
  const { steps, ...rest } = small;
  print(`  ${JSON.stringify(rest)}`);
  for (const step of steps) print(`  ${JSON.stringify(step)}`);
  print('how it goes:');
  const lines = played.trace.slice(-MOST_LINES);
  if (lines.length < played.trace.length) print(`  … ${played.trace.length - lines.length} lines before`);
  for (const line of lines) print(`  ${line}`);
  for (const finding of played.findings.slice(0, 10)) print(`  ${finding.rule}: ${finding.message}`);
  if (saveAs === null) return;
  writeFileSync(saveAs, encodePlan(small, played.findings.map(({ rule: broken, message }) => `${broken}: ${message}`)[0] ?? ''));
  print(`kept as ${saveAs}`);
}
