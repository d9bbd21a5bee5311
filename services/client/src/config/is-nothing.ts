import { type Node, isScalar } from 'yaml';

/** True for what YAML reads as no value: nothing at all, `~`, `null`. */
export const isNothing = (node: Node | null): boolean => node === null || (isScalar(node) && node.value === null);
