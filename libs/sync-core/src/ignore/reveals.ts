import type { RelativePath } from '@syncpair/contracts';
import type { IgnoreRules } from './ignore-rules.ts';

const KINDS = ['file', 'dir', 'link'] as const;

/**
 * True when a rename by others may bring something to a name that takes part here and that nothing is known of, because it was ignored under
 * its old one: the heads must then be asked for. `isKnown`: something at or below `from` is known here.
 */
export function reveals(rules: IgnoreRules, { from, to }: { from: RelativePath; to: RelativePath }, isKnown: boolean): boolean {
  const hidden = KINDS.filter((kind) => rules.ignores(from, kind));
  const unknown = hidden.length > 0 || isKnown ? hidden : KINDS;
  return unknown.some((kind) => !rules.ignores(to, kind)) || (rules.prunes(from) && !rules.prunes(to));
}
