import { Option } from 'commander';
import type { Declare } from '../program.ts';
import { directoryOption, fileOption, jsonOption } from './options.ts';

export function declareConflictCommands(declare: Declare): void {
  const parent = declare(
    'conflicts',
    {
      summary: 'list, show and resolve conflicts; both sides are on the server',
      example: 'syncpair conflicts list --file config.yaml',
    },
    [fileOption(), directoryOption(), jsonOption()],
    null,
  );
  declare(
    'list',
    { parent, summary: 'list the open conflicts', example: 'syncpair conflicts list --file config.yaml' },
    [fileOption(), directoryOption(), new Option('--resolved', 'the resolved ones too'), jsonOption()],
    async () => (await import('../commands/conflicts.ts')).listConflicts,
  );
  declare(
    'show <id>',
    {
      parent,
      summary: 'show both sides of a conflict',
      details: 'Short text files are shown as the lines in which they differ.',
      example: 'syncpair conflicts show --file config.yaml 41.0',
    },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/conflicts.ts')).showConflict,
  );
  declare(
    'resolve <id> <choice>',
    {
      parent,
      summary: 'settle a conflict',
      details:
        'CHOICE is winner (leave it as it is), loser (make the other side the new version) or both (keep the loser in a file beside it).',
      example: 'syncpair conflicts resolve --file config.yaml 41.0 loser',
    },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/conflicts.ts')).resolveConflict,
  );
}
