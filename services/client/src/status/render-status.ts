import type { DirectoryStatus, Problem, Status } from '@syncpair/contracts';
import { formatAgo } from '../cli/format/duration.ts';
import { formatClock } from '../cli/format/clock.ts';
import { plural } from '../cli/format/plural.ts';
import { formatRate } from '../cli/format/rate.ts';
import { formatSize } from '../cli/format/size.ts';
import { formatTable } from '../cli/format/table.ts';
import type { Style } from '../cli/terminal.ts';
import { escapeText } from '../log/escape.ts';

interface Rendering {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly style: Style;
  /** The configuration's name, for the commands that are suggested. */
  readonly file: string;
}

/** Problems shown of each directory; `--json` has all. */
const SHOWN_PROBLEMS = 20;

/** Milliseconds for which a notice is shown; `--json` has it until there is another. */
const NOTICE_MS = 7 * 24 * 3_600_000;

/** A status as lines for people. */
export function renderStatus(status: Status, rendering: Rendering): string[] {
  const { style, file } = rendering;
  const running = status.running === false ? style.bad(` (not running; start it with "syncpair client --file ${file}")`) : '';
  const reachable = status.server.reachable ? style.good('reachable') : style.bad('not reachable');
  return [
    ...formatTable([
      ['client', `${escapeText(status.client)}${running}`],
      ['server', `${escapeText(status.server.url)} (${reachable})`],
      ...(status.bandwidth ? [['limits', renderLimits(status.bandwidth, rendering.now)]] : []),
    ]),
    ...status.directories.flatMap((directory) => ['', ...renderDirectory(directory, rendering)]),
  ];
}

/** The limits that hold now, and until when. */
function renderLimits({ upload, download, changes_at }: NonNullable<Status['bandwidth']>, now: number): string {
  const parts = [
    ...(upload === null ? [] : [`${formatRate(upload)} up`]),
    ...(download === null ? [] : [`${formatRate(download)} down`]),
    ...(changes_at === null ? [] : [`until ${formatClock(changes_at, now)}`]),
  ];
  return parts.join(', ');
}

function renderDirectory(directory: DirectoryStatus, { now, style, file }: Rendering): string[] {
  const { name, local_path, last_sync, cursor, conflicts, holds, frozen, problems, notice = null } = directory;
  const namespace = directory.namespace === name ? '' : style.dim(` as ${escapeText(directory.namespace)}`);
  const facts: string[][] = [
    ['folder', `${escapeText(local_path)}${namespace}`],
    ['last sync', last_sync === null ? 'never' : `${formatAgo(last_sync, now)}, at commit ${cursor}`],
  ];
  const pending = renderPending(directory);
  if (pending !== '') facts.push(['pending', pending]);
  if (directory.watch.coverage < 1 && directory.state !== 'offline') facts.push(['watching', renderWatch(directory)]);
  if (holds > 0)
    facts.push([
      'held',
      style.warn(`${plural(holds, 'mass change waits', 'mass changes wait')}; see "syncpair holds list --file ${file}"`),
    ]);
  if (conflicts > 0)
    facts.push(['conflicts', style.warn(`${conflicts}; see "syncpair conflicts list --file ${file} --directory ${name}"`)]);
  if (frozen > 0)
    facts.push([
      'ignored',
      `${plural(frozen, 'path')} that ${frozen === 1 ? 'was' : 'were'} in sync before; left as ${frozen === 1 ? 'it is' : 'they are'}`,
    ]);
  if (notice !== null && now - Date.parse(notice.at) < NOTICE_MS)
    facts.push(['notice', `${formatAgo(notice.at, now)}: ${escapeText(notice.message)}`]);
  if (problems.length > 0) facts.push(['problems', style.bad(String(problems.length))]);
  return [
    `${style.bold(escapeText(name))}  ${renderState(directory, style)}`,
    ...indent(formatTable(facts), 2),
    ...indent(renderProblems(problems), 4),
  ];
}

function renderState({ state, in_sync: inSync, problems }: DirectoryStatus, style: Style): string {
  if (inSync) return style.good('in sync');
  switch (state) {
    case 'offline':
      return style.bad('offline');
    case 'error':
      // A problem of the directory itself stands at its root; all others stop nothing but their path.
      return problems.some(({ path }) => path === '.') || problems.length === 0
        ? style.bad('error')
        : style.warn(plural(problems.length, 'path has a problem', 'paths have problems'));
    case 'held':
      return style.warn('held');
    case 'in_sync':
      return style.warn('syncing');
    case 'paused':
    case 'scanning':
    case 'syncing':
      return style.warn(state);
  }
}

function renderPending({ pending: { upload, download, delete: deletions } }: DirectoryStatus): string {
  const parts: string[] = [];
  if (upload.files > 0) parts.push(`${plural(upload.files, 'file')} up (${formatSize(upload.bytes)})`);
  if (download.files > 0) parts.push(`${plural(download.files, 'file')} down (${formatSize(download.bytes)})`);
  if (deletions > 0) parts.push(plural(deletions, 'deletion'));
  return parts.join(', ');
}

function renderWatch({ watch: { mode, coverage, reason } }: DirectoryStatus): string {
  const why = reason === null ? '' : ` (${escapeText(reason)})`;
  if (mode === 'polling') return `nothing; the folder is scanned at every interval${why}`;
  return `${Math.floor(coverage * 100)} % of the folders; the others are scanned at every interval${why}`;
}

function renderProblems(problems: readonly Problem[]): string[] {
  const rows = problems.slice(0, SHOWN_PROBLEMS).map(({ path, code, message }) => [code, `${escapeText(path)}: ${escapeText(message)}`]);
  const more = problems.length - SHOWN_PROBLEMS;
  return [...formatTable(rows), ...(more > 0 ? [`… and ${more} more; --json lists all`] : [])];
}

const indent = (lines: readonly string[], spaces: number): string[] => lines.map((line) => ' '.repeat(spaces) + line);
