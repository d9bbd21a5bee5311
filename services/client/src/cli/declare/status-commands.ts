import { Option } from 'commander';
import type { Declare } from '../program.ts';
import { fileOption, jsonOption } from './options.ts';

export function declareStatusCommands(declare: Declare): void {
  declare(
    'status',
    {
      summary: 'tell of each directory whether it is in sync, and what is not',
      details:
        'Asks the running client; without one it reads what the last one left behind and says offline. Ends with 5 when something is held, ' +
        'with 4 when some paths have problems, else with 0: scripts read "in_sync".',
      example: 'syncpair status --file config.yaml --json',
    },
    [fileOption(), jsonOption()],
    async () => (await import('../commands/status.ts')).status,
  );
  declare(
    'wait',
    {
      summary: 'wait until other clients have what this one has now',
      details:
        'Returns when the server has everything that lay in the directories at the time of the call and the named clients have applied it. ' +
        '"all" are the devices seen in the last 24 hours. Lists who lags and who was left out. Ends with 3 when the time is over.',
      example: 'syncpair wait --file config.yaml --clients bob,carol --timeout 2m',
    },
    [
      fileOption(),
      new Option('--clients <names>', 'all, or client ids with commas between them').default('all'),
      new Option('--timeout <time>', 'how long at most: 30s, 2m, 1h').default('30s'),
      jsonOption(),
    ],
    async () => (await import('../commands/wait.ts')).wait,
  );
  declare(
    'plan',
    { summary: 'tell what a sync would do now, and do nothing', example: 'syncpair plan --file config.yaml' },
    [fileOption(), jsonOption()],
    async () => (await import('../commands/plan.ts')).plan,
  );
  declare(
    'why <path>',
    { summary: 'tell the state of one path and its cause', example: 'syncpair why --file config.yaml ~/team/report.docx' },
    [fileOption(), jsonOption()],
    async () => (await import('../commands/why.ts')).why,
  );
}
