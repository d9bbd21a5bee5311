import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { dirname, join, relative } from 'node:path';
import type { CpuProfile } from './cpu-profile.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const maps = new Map<string, SourceMap | null>();

/** File and line of a function in the sources of this repository; a bundle is looked through by its source map. Empty for Node.js itself. */
export function placeOf({ url, lineNumber, columnNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (!url.startsWith('file:')) return url.startsWith('node:') ? url : '';
  const bundle = fileURLToPath(url);
  const entry = mapOf(bundle)?.findEntry(lineNumber, columnNumber);
  const [file, line] =
    entry !== undefined && 'originalSource' in entry && entry.originalSource !== undefined
      ? [join(dirname(bundle), entry.originalSource), entry.originalLine]
      : [bundle, lineNumber];
  return `${relative(ROOT, file)}:${line + 1}`;
}

function mapOf(bundle: string): SourceMap | null {
  const known = maps.get(bundle);
  if (known !== undefined) return known;
  let map: SourceMap | null;
  try {
    map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Without a map the bundle itself is the source.
    map = null;
  }
  maps.set(bundle, map);
  return map;
}
