import type { Verdict } from '../judge/judge-targets.ts';
import { markdownTable } from './markdown-table.ts';

/** The table of targets, and a line that counts them. */
export function targetsTable(verdicts: readonly Verdict[]): string {
  const count = (verdict: Verdict['verdict']): number => verdicts.filter((each) => each.verdict === verdict).length;
  const rows = verdicts.map(({ work, aim, figure, verdict, size }) => [
    work,
    aim,
    figure ?? '',
    size === null ? (verdict === 'missed' ? '**missed**' : verdict) : `${verdict}, with ${size}`,
  ]);
  const sum = `${count('held')} held, ${count('missed')} missed, ${count('not measured')} not measured.`;
  return `${markdownTable(['work', 'target', 'measured', ''], rows)}\n\n${sum}`;
}
