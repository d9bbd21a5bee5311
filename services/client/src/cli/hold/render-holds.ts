import type { Hold } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import { formatAgo } from '../format/duration.ts';
import { plural } from '../format/plural.ts';

/** The lines of `holds list`. `file` is the configuration, for the commands to go on with. */
export function renderHolds(holds: readonly Hold[], now: number, file: string): string[] {
  if (holds.length === 0) return ['nothing is held'];
  return holds.flatMap((hold, index) => [...(index === 0 ? [] : ['']), ...renderHold(hold, now, file)]);
}

function renderHold(
  { id, directory, kind, client, origin, paths, sample, live, reason, since }: Hold,
  now: number,
  file: string,
): string[] {
  const what = kind === 'deletions' ? plural(paths, 'deletion') : plural(paths, 'changed file');
  const back = kind === 'deletions' ? 'to bring the files back:' : 'to bring the old back:  ';
  return [
    `hold ${id}  ${escapeText(directory)}: ${what} of ${plural(live, 'path')}, ${formatAgo(since, now)}`,
    `  by ${escapeText(client)}, held by the ${origin}, because ${escapeText(reason)}`,
    ...sample.map((path) => `    ${escapeText(path)}`),
    ...(paths > sample.length ? [`    … and ${paths - sample.length} more`] : []),
    `  to let ${kind === 'deletions' ? 'them happen:     ' : 'them go on:      '} syncpair holds approve ${id} --file ${file}`,
    `  ${back} syncpair holds reject ${id} --file ${file}`,
  ];
}
