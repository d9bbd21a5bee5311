import type { RelativePath } from '@syncpair/contracts';
import type { IgnoreRules } from './ignore-rules.ts';

const KINDS = ['file', 'dir', 'link'] as const;

/**
 * True when a rename may bring something to a name that takes part here and that nothing is known of, because it was ignored under its old
 * one: the heads must then be asked for. `known` is what is known here at `from` or below it.
 */
export function reveals(
  rules: IgnoreRules,
  { from, to }: { from: RelativePath; to: RelativePath },
  known: 'nothing' | 'single entry' | 'folder',
): boolean {
  const hidden = KINDS.filter((kind) => rules.ignores(from, kind));
  const unknown = hidden.length > 0 || known !== 'nothing' ? hidden : KINDS;
  if (unknown.some((kind) => !rules.ignores(to, kind))) return true;
  const hidesBelow = rules.prunes(from) || (known === 'folder' && rules.revealsBelow(from, to));
  return hidesBelow && !rules.prunes(to);
}
