import { Option } from 'commander';
import type { Declare } from '../program.ts';
import { directoryOption, fileOption, jsonOption } from './options.ts';

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
    'restore <path>',
    {
      summary: 'make an old version the new one, or write it to a file',
      details: 'The version that it replaces stays in the history.',
      example: 'syncpair restore --file config.yaml --directory team docs/report.txt --version 12.0',
    },
    [
      fileOption(),
      directoryOption(),
      new Option('--version <version>', 'the version, as "syncpair history" tells it'),
      new Option('-o, --output <file>', 'write it here and leave the directory as it is'),
      new Option('--force', 'with --output: replace a file that exists'),
      jsonOption(),
    ],
    async () => (await import('../commands/restore.ts')).restore,
  );
  declare(
    'export <dest>',
    {
      summary: 'write a plain copy of a directory as it is or was on the server',
      details: 'DEST is a new or an empty folder.',
      example: 'syncpair export --file config.yaml --directory team ./monday --at 2026-11-23T09:00:00Z',
    },
    [fileOption(), directoryOption(), new Option('--at <time>', 'as it was at this time, ISO 8601'), jsonOption()],
    async () => (await import('../commands/export.ts')).exportDirectory,
  );
}
