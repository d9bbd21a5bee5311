import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

export interface Rule {
  /** As in `R05`. */
  readonly id: string;
  readonly sentence: string;
  /** Files from the root of the repository. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

/** What `docs/spec-rules.md` says: each rule of its lists with the row of its table. */
export function readSpecRules(): Rule[] {
  const page = readFileSync(join(ROOT, 'docs/spec-rules.md'), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| (R\d\d) +\|(.*)\|(.*)\|$/gm)].map(([, id = '', code = '', tests = '']) => [id, { code, tests }]),
  );
  return [...page.matchAll(/^- \*\*(R\d\d)\*\* (.+)$/gm)].map(([, id = '', sentence = '']) => {
    const row = rows.get(id);
    return { id, sentence, code: filesIn(row?.code ?? ''), tests: filesIn(row?.tests ?? '') };
  });
}

const filesIn = (cell: string): string[] => [...cell.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file);
