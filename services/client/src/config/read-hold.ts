import { type Node, isMap, isScalar } from 'yaml';
import { readSection } from './read-section.ts';
import { kindOf, readInteger } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

/** Limits of which some may be left to the default, or `off`. */
export type HoldSetting = { readonly files?: number; readonly percent?: number } | 'off';

const MOST_FILES = 1_000_000_000;

/** When deletions wait for approval. Undefined, and refused, for anything but limits or `off`. */
export function readHold(source: YamlSource, node: Node): HoldSetting | undefined {
  if (isScalar(node) && node.value === 'off') return 'off';
  if (!isMap(node)) {
    const remedy = isScalar(node) && node.value === false ? 'write off' : 'write off, or limits such as {files: 50, percent: 50}';
    source.findings.refuse(node, `"hold" is ${kindOf(node)}; ${remedy}`);
    return undefined;
  }
  const section = readSection(source, node, 'hold', '"hold"');
  const files = section?.given('files');
  const percent = section?.given('percent');
  const limits: { files?: number; percent?: number } = {};
  const readFiles = files === undefined ? undefined : readInteger(source, files, 'files', { least: 0, most: MOST_FILES, of: 'files' });
  const readPercent = percent === undefined ? undefined : readInteger(source, percent, 'percent', { least: 0, most: 100, of: 'percent' });
  if (readFiles !== undefined) limits.files = readFiles;
  if (readPercent !== undefined) limits.percent = readPercent;
  return limits;
}
