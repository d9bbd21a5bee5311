import { escapeText } from '../../log/escape.ts';
import { formatAgo } from '../format/duration.ts';
import { plural } from '../format/plural.ts';
import { formatTable } from '../format/table.ts';
import type { Style } from '../terminal.ts';
import type { Barrier } from './judge-barrier.ts';

/** A barrier as lines for people: every directory with who has it, who lags and who was left out. */
export function renderBarrier(barrier: Barrier, now: number, style: Style): string[] {
  return barrier.directories.flatMap(({ directory, seq, clients, left_out: leftOut }) => {
    const waited = clients.map(({ client, reached, applied, connected, last_seen: lastSeen }) => [
      escapeText(client),
      reached
        ? style.good('has it')
        : style.warn(applied === null ? 'never seen' : `lags by ${plural(Number(seq) - Number(applied), 'commit')}`),
      reached || lastSeen === null ? '' : connected ? 'connected' : `seen ${formatAgo(lastSeen, now)}`,
    ]);
    const others = leftOut.map(({ client, reason, last_seen: lastSeen }) => [
      style.dim(escapeText(client)),
      style.dim('left out'),
      style.dim(reason === 'not named' || lastSeen === null ? reason : `${reason}, last ${formatAgo(lastSeen, now)}`),
    ]);
    const rows = [...waited, ...others];
    const whole = rows.length === 0 ? style.dim('no other client has it') : '';
    return [`${style.bold(escapeText(directory))} at commit ${seq}  ${whole}`.trimEnd(), ...formatTable(rows).map((line) => `  ${line}`)];
  });
}
