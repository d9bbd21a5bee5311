import type { Declare } from '../program.ts';
import { fileOption, jsonOption } from './options.ts';

export function declareHoldCommands(declare: Declare): void {
  const parent = declare(
    'holds',
    { summary: 'list, approve and reject mass deletions that wait', example: 'syncpair holds list --file config.yaml' },
    [fileOption(), jsonOption()],
    null,
  );
  declare(
    'list',
    { parent, summary: 'list what waits for approval', example: 'syncpair holds list --file config.yaml' },
    [fileOption(), jsonOption()],
    async () => (await import('../commands/holds.ts')).listHolds,
  );
  declare(
    'approve <id>',
    { parent, summary: 'let the deletions happen', example: 'syncpair holds approve --file config.yaml 3' },
    [fileOption(), jsonOption()],
    async () => (await import('../commands/holds.ts')).approveHold,
  );
  declare(
    'reject <id>',
    { parent, summary: 'bring the files back instead', example: 'syncpair holds reject --file config.yaml 3' },
    [fileOption(), jsonOption()],
    async () => (await import('../commands/holds.ts')).rejectHold,
  );
}
