import type { Verdict } from '../judge/judge-targets.ts';
import { markdownTable } from './markdown-table.ts';

/** The table of targets, and a line that counts them: those measured at another size than that of the target by themselves. */
export function targetsTable(verdicts: readonly Verdict[]): string {
  const atSize = verdicts.filter(({ size }) => size === null);
  const count = (verdict: Verdict['verdict']): number => atSize.filter((each) => each.verdict === verdict).length;
  const rows = verdicts.map(({ work, aim, figure, verdict, size }) => [work, aim, figure ?? '', toldVerdict(verdict, size)]);
  const others = verdicts.length - atSize.length;
  const sum =
    `${count('held')} held, ${count('missed')} missed, ${count('not measured')} not measured` +
    (others === 0 ? '.' : `, ${others} measured at other sizes than those of the targets.`);
  return `${markdownTable(['work', 'target', 'measured', ''], rows)}\n\n${sum}`;
}

function toldVerdict(verdict: Verdict['verdict'], size: string | null): string {
  if (size !== null) return `${verdict}, with ${size}`;
  return verdict === 'missed' ? '**missed**' : verdict;
}
