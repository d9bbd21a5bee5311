import { Option } from 'commander';
import type { Declare } from '../program.ts';
import { directoryOption, fileOption, jsonOption } from './options.ts';

const MOMENTS = 'ISO 8601, in the time of this machine when there is no zone, or 2h for two hours ago';

export function declareHistoryCommands(declare: Declare): void {
  declare(
    'history [path]',
    {
      summary: 'list the versions of a directory or of one path, the newest first',
      details: 'A path is one inside the directory (docs/a.txt) or one on this machine. A folder tells of everything below it.',
      example: 'syncpair history --file config.yaml --directory team docs/report.txt',
    },
    [fileOption(), directoryOption(), new Option('--limit <number>', 'how many versions at most; 0 for all').default('1000'), jsonOption()],
    async () => (await import('../commands/history.ts')).history,
  );
  declare(
    'restore [path]',
    {
      summary: 'bring an old version back, or a folder as it was',
      details:
        'What is replaced stays in the history. With --version a file gets that version back, and a folder becomes what it was right after ' +
        'it. With --at a file, a folder, or without a path the whole directory becomes what it was at that time; what did not exist then stays, unless --exact.',
      example: 'syncpair restore --file config.yaml --directory team docs --at "2026-11-23 09:00" --plan',
    },
    [
      fileOption(),
      directoryOption(),
      new Option('--version <version>', 'the version, as "syncpair history" tells it'),
      new Option('--at <time>', `as it was at this time: ${MOMENTS}`),
      new Option('--exact', 'delete what did not exist then'),
      new Option('--plan', 'tell what would be done, and do nothing'),
      new Option('-o, --output <file>', 'write it here and leave the directory as it is'),
      new Option('--force', 'with --output: replace a file that exists'),
      jsonOption(),
    ],
    async () => (await import('../commands/restore.ts')).restore,
  );
  declare(
    'undo',
    {
      summary: 'take back what one client did in a span of time',
      details:
        'Keeps what everybody else did: a path that somebody else changed since stays as it is and is told. Edits are taken back, deleted files ' +
        'come back, new ones are deleted, renamed ones get their old name. It is a change like any other: it stays in the history and can be undone.',
      example: 'syncpair undo --file config.yaml --directory team --client bob --from "2026-11-23 10:40" --to "2026-11-23 11:05" --plan',
    },
    [
      fileOption(),
      directoryOption(),
      new Option('--client <id>', 'whose changes'),
      new Option('--from <time>', `since when: ${MOMENTS}`),
      new Option('--to <time>', 'until when'),
      new Option('--plan', 'tell what would be done, and do nothing'),
      jsonOption(),
    ],
    async () => (await import('../commands/undo.ts')).undo,
  );
  declare(
    'retention',
    {
      summary: 'show or set how long replaced and deleted versions stay',
      details:
        'They stay for 30 days unless --days says otherwise. With --max-size the oldest of them go earlier when they take more room than that; a side of ' +
        'a conflict and what was replaced less than a day ago never do: where that leaves no room, uploads are refused. What has to go by new settings goes soon.',
      example: 'syncpair retention --file config.yaml --directory team --days 90 --max-size 200GB',
    },
    [
      fileOption(),
      directoryOption(),
      new Option('--days <number>', 'days after which a replaced version goes, or "default"'),
      new Option('--max-size <size>', 'room that old versions may take: 500MB, 20GiB, or "none" for any'),
      jsonOption(),
    ],
    async () => (await import('../commands/retention.ts')).retention,
  );
  declare(
    'export <dest>',
    {
      summary: 'write a plain copy of a directory as it is or was on the server',
      details: 'DEST is a new or an empty folder.',
      example: 'syncpair export --file config.yaml --directory team ./monday --at 2026-11-23T09:00:00Z',
    },
    [fileOption(), directoryOption(), new Option('--at <time>', `as it was at this time: ${MOMENTS}`), jsonOption()],
    async () => (await import('../commands/export.ts')).exportDirectory,
  );
}
