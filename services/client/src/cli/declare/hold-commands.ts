import type { Declare } from '../program.ts';
import { directoryOption, fileOption, jsonOption } from './options.ts';

export function declareHoldCommands(declare: Declare): void {
  const parent = declare(
    'holds',
    { summary: 'list, approve and reject mass changes that wait', example: 'syncpair holds list --file config.yaml' },
    [fileOption(), directoryOption(), jsonOption()],
    null,
  );
  declare(
    'list',
    { parent, summary: 'list what waits for approval', example: 'syncpair holds list --file config.yaml' },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/holds.ts')).listHolds,
  );
  declare(
    'approve <id>',
    { parent, summary: 'let the held changes happen', example: 'syncpair holds approve --file config.yaml 3' },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/holds.ts')).approveHold,
  );
  declare(
    'reject <id>',
    { parent, summary: 'bring back what was there instead', example: 'syncpair holds reject --file config.yaml 3' },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/holds.ts')).rejectHold,
  );
  declare(
    'settings [limits]',
    {
      parent,
      summary: 'show or set when the server holds deletions',
      example: 'syncpair holds settings --file config.yaml --directory team 200,20',
    },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/hold-settings.ts')).holdSettings,
  );
}
