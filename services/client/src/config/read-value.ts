import { type Node, isMap, isScalar, isSeq } from 'yaml';
import { quote } from './quote.ts';
import type { YamlSource } from './yaml-source.ts';

/** A text, as it stands in the file. Undefined, and refused, for anything else: a number or a date may be meant as a name, and needs quotes. */
export function readText(source: YamlSource, node: Node, name: string, example: string): string | undefined {
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  const quotable = name !== 'server' && isScalar(node) && node.source !== undefined;
  source.findings.refuse(
    node,
    `${quote(name)} is ${kindOf(node)}; write ${quotable ? `it in quotes: ${name}: "${node.source}"` : example}`,
  );
  return undefined;
}

/** `true` or `false`. */
export function readFlag(source: YamlSource, node: Node, name: string): boolean | undefined {
  if (isScalar(node) && typeof node.value === 'boolean') return node.value;
  const word = isScalar(node) ? String(node.value).toLowerCase() : '';
  const meant = /^(yes|y|on|true|1)$/.test(word) ? 'true' : /^(no|n|off|false|0)$/.test(word) ? 'false' : 'true or false';
  source.findings.refuse(node, `${quote(name)} is ${kindOf(node)}; write ${meant}, without quotes`);
  return undefined;
}

/** A whole number from `least` to `most`. `of` says what it counts, as in "a whole number of seconds". */
export function readInteger(
  source: YamlSource,
  node: Node,
  name: string,
  { least, most, of }: { readonly least: number; readonly most: number; readonly of: string },
): number | undefined {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const unquoted = typeof value === 'string' && /^\d+$/.test(value.trim()) ? ', without quotes' : '';
  source.findings.refuse(node, `${quote(name)} is ${kindOf(node)}; write a whole number of ${of} from ${least} to ${most}${unquoted}`);
  return undefined;
}

/** What a node is, in words: `the text "yes"`, `the number 5`, `a list`. */
export function kindOf(node: Node): string {
  if (isMap(node)) return 'a group of names with values';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'without a value';
  if (typeof node.value === 'string') return `the text ${quote(node.value)}`;
  if (typeof node.value === 'number' || typeof node.value === 'bigint') return `the number ${node.source ?? String(node.value)}`;
  return String(node.value);
}
