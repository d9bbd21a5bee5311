/**
 * Writes `docs/error-codes.md` from the comments of the error codes; `--check` writes nothing and fails when the page is not up to date.
 *
 * Usage: node tools/error-codes.ts [--check]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ERROR_CODES, type ErrorCode } from '@syncpair/contracts';
import { format, resolveConfig } from 'prettier';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'libs/contracts/src/error-code.ts');
export const ERROR_CODES_PAGE = join(ROOT, 'docs/error-codes.md');

/** The page as it has to be. @throws when a code has no comment */
export async function errorCodesPage(): Promise<string> {
  const comments = commentsOf(await readFile(SOURCE, 'utf8'));
  const rows = Object.entries(ERROR_CODES).map(([code, { status, retryable }]) => {
    const meaning = comments.get(code);
    if (meaning === undefined) throw new Error(`${relative(ROOT, SOURCE)}: the code "${code}" has no comment above it`);
    return `| \`${code as ErrorCode}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${meaning} |`;
  });
  const page = `# Error codes

<!-- Generated from libs/contracts/src/error-code.ts by "node tools/error-codes.ts"; edit the comments there. -->

Every error answer of the services is JSON of this form; \`path\` is there when the error is about one path:

\`\`\`json
{ "error": { "code": "not_found", "message": "no version 12.0 of this path", "path": "docs/report.txt" } }
\`\`\`

The code is stable, the message is for people. **Retry** tells whether the same request can succeed later; a client repeats those by
itself, at growing intervals, and waits at least as long as a \`Retry-After\` header says.

| code | HTTP status | retry | meaning, and what to do |
| ---- | ----------- | ----- | ----------------------- |
${rows.join('\n')}
`;
  return format(page, { ...(await resolveConfig(ERROR_CODES_PAGE)), parser: 'markdown' });
}

/** The comment directly above each `name: {` of the source, as one line that a table can hold. */
function commentsOf(source: string): Map<string, string> {
  const found = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+): \{/g);
  return new Map(
    [...found].map(([, comment = '', code = '']) => [
      code,
      comment
        .replace(/\s*\n\s*\* ?/g, ' ')
        .trim()
        .replaceAll('|', '\\|'),
    ]),
  );
}

if (import.meta.main) {
  const page = await errorCodesPage();
  if (!process.argv.includes('--check')) await writeFile(ERROR_CODES_PAGE, page);
  else if ((await readFile(ERROR_CODES_PAGE, 'utf8').catch(() => '')) !== page) {
    process.stderr.write('docs/error-codes.md is not up to date; run: node tools/error-codes.ts\n');
    process.exitCode = 1;
  }
}
