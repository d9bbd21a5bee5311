import { MAX_ALTERNATIVES_IN_ALL, lintPatterns, parseIgnorePattern } from '@syncpair/sync-core';
import { type Node, isScalar, isSeq } from 'yaml';
import { quote } from './quote.ts';
import { kindOf } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

/** The ignore patterns of one list, in their order and without repetitions. Warns of those that do not do what they look like. */
export function readPatterns(source: YamlSource, node: Node): readonly string[] | undefined {
  const { findings } = source;
  if (!isSeq(node)) {
    const example = isScalar(node) && typeof node.value === 'string' ? node.value : '*.tmp';
    findings.refuse(node, `"ignore_patterns" is ${kindOf(node)}; write each pattern on a line of its own below it, as in - "${example}"`);
    return undefined;
  }
  const nodes = new Map<string, Node>();
  let alternatives = 0;
  for (const item of node.items) {
    const value = source.resolve(item);
    if (value === null || value === undefined) continue;
    if (!isScalar(value) || typeof value.value !== 'string') {
      const shown = isScalar(value) && value.value !== null ? (value.source ?? '') : '*.tmp';
      findings.refuse(value, `a pattern is ${kindOf(value)}; write it in quotes, as in - "${shown}"`);
      continue;
    }
    const text = value.value;
    if (nodes.has(text)) continue;
    nodes.set(text, value);
    const pattern = parseIgnorePattern(text);
    if (!pattern.ok)
      findings.refuse(
        value,
        `the pattern ${quote(text)} cannot be used: ${pattern.reason}${pattern.reason.includes(';') ? '' : '; write another one, or remove the line'}`,
      );
    else alternatives += pattern.value.globs.length;
    if (alternatives > MAX_ALTERNATIVES_IN_ALL) {
      findings.refuse(
        value,
        `the patterns stand for more than ${MAX_ALTERNATIVES_IN_ALL} alternatives; use "*" instead of lists in braces`,
      );
      return undefined;
    }
  }
  for (const { pattern, message } of lintPatterns([...nodes.keys()])) findings.warn(nodes.get(pattern) ?? node, message);
  return [...nodes.keys()];
}
