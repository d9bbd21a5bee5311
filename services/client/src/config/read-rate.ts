import { type Node, isScalar } from 'yaml';
import { parseRate } from './parse-rate.ts';
import { quote } from './quote.ts';
import { kindOf } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

/** Bytes a second; null for `unlimited`. Undefined, and refused, for anything else. */
export function readRate(source: YamlSource, node: Node, name: string): number | null | undefined {
  if (!isScalar(node) || (typeof node.value !== 'string' && typeof node.value !== 'number')) {
    source.findings.refuse(node, `${quote(name)} is ${kindOf(node)}; write a limit, as in ${name}: 2 MB/s, or unlimited`);
    return undefined;
  }
  const rate = parseRate(typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)));
  if (rate.ok) return rate.value;
  source.findings.refuse(node, `${quote(name)} ${rate.reason}`);
  return undefined;
}
