import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Every page that a reader may come to. */
const pages = globSync('**/*.md', { cwd: ROOT, exclude: ['**/node_modules', '**/dist', '.nx', 'server_storage', 'bench/out'] }).sort();

/** A page without what stands in code. */
const prose = (text: string): string => text.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '').replace(/`[^`\n]*`/g, '');

/** `[text](target "title")`, `![text](target)`, `[text]: target`, `<img src="target">`. */
function targets(text: string): string[] {
  const found = [/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g, /^\[[^\]]+\]:\s*<?([^\s>]+)>?/gm, /\b(?:src|href|srcset)="([^"\s]+)"/g];
  return found.flatMap((pattern) => [...prose(text).matchAll(pattern)].map(([, target = '']) => target));
}

/** The names of a page's headings, as GitHub makes anchors of them. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const made = [...text.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return new Set(made);
}

/** What is wrong with one link, or null. */
function broken(page: string, target: string): string | null {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), decodeURIComponent(path));
  if (relative(ROOT, file).startsWith('..')) return `${page}: ${target} leads out of the repository`;
  if (!existsSync(file)) return `${page}: ${target} does not exist`;
  if (anchor === undefined || !file.endsWith('.md')) return null;
  return anchors(readFileSync(file, 'utf8')).has(anchor) ? null : `${page}: ${target}: there is no such heading`;
}

test('every relative link of every page leads somewhere', () => {
  expect(pages).toContain('README.md');
  const links = pages.flatMap((page) => targets(readFileSync(join(ROOT, page), 'utf8')).map((target) => ({ page, target })));
  expect(links.length).toBeGreaterThan(0);
  expect(links.map(({ page, target }) => broken(page, target)).filter((fault) => fault !== null)).toEqual([]);
});
