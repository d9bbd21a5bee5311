import { type Node, isScalar } from 'yaml';
import { quote } from './quote.ts';
import { kindOf } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

/** One of a few words. Undefined, and refused, for anything else. */
export function readChoice<Word extends string>(source: YamlSource, node: Node, name: string, words: readonly Word[]): Word | undefined {
  const value = isScalar(node) ? node.value : undefined;
  const chosen = words.find((word) => word === value);
  if (chosen === undefined) source.findings.refuse(node, `${quote(name)} is ${kindOf(node)}; write ${listed(words)}`);
  return chosen;
}

const listed = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
