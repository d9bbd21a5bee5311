import type { Plan } from './plan.ts';

/** A plan as a regression keeps it: one line for each step. */
export function encodePlan(plan: Plan, found: string): string {
  const { steps, ...rest } = plan;
  const head = JSON.stringify({ found, ...rest }, null, 2).replace(/\n}$/, '');
  return `${head},\n  "steps": [\n${steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n')}\n  ]\n}\n`;
}

/** Reads what `encodePlan` wrote. @throws SyntaxError */
export function decodePlan(text: string): { readonly plan: Plan; readonly found: string } {
  const { found, ...plan } = JSON.parse(text) as Plan & { found: string };
  return { plan, found };
}
