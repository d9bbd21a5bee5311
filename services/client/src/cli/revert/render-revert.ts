import type { RevertResponse } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import { plural } from '../format/plural.ts';
import { groupDigits } from '../format/group-digits.ts';
import { formatTable } from '../format/table.ts';

const REASONS: Readonly<Record<string, string>> = {
  changed_since: 'it was changed since',
  renamed_since: 'it was renamed since',
  taken: 'something else has its name',
  not_empty: 'the folder there is not empty',
  expired: 'its content has expired',
};

/** What was done or would be, step by step, with the paths that stay as they are and why. */
export function renderRevert({ planned, counts, steps, kept }: RevertResponse): string[] {
  const { restored, deleted, moved } = counts;
  const lines = [
    ...steps.map(({ action, path, to, version }) => [
      `  ${action}`,
      to === null ? escapeText(path) : `${escapeText(path)} → ${escapeText(to)}`,
      version === null ? '' : `version ${version}`,
    ]),
    ...kept.map(({ path, reason, by }) => [
      '  keep',
      escapeText(path),
      `${REASONS[reason] ?? reason}${by === null ? '' : ` by ${escapeText(by)}`}`,
    ]),
  ];
  const untold = restored + deleted + moved + counts.kept - lines.length;
  const parts = [
    ...(restored > 0 ? [`${plural(restored, 'path')} brought back`] : []),
    ...(deleted > 0 ? [`${groupDigits(deleted)} deleted`] : []),
    ...(moved > 0 ? [`${groupDigits(moved)} renamed`] : []),
  ];
  const summary = parts.length === 0 ? 'nothing to do' : `${planned ? 'would be done: ' : ''}${parts.join(', ')}`;
  const left = counts.kept > 0 ? [`${plural(counts.kept, 'path')} ${counts.kept === 1 ? 'stays as it is' : 'stay as they are'}`] : [];
  return [...formatTable(lines), ...(untold > 0 ? [`  … and ${plural(untold, 'path')} more`] : []), [summary, ...left].join('; ')];
}
