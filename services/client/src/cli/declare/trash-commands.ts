import type { Declare } from '../program.ts';
import { directoryOption, fileOption, jsonOption } from './options.ts';

export function declareTrashCommands(declare: Declare): void {
  const parent = declare(
    'trash',
    { summary: 'list and bring back what was put aside on this machine', example: 'syncpair trash list --file config.yaml' },
    [fileOption(), directoryOption(), jsonOption()],
    null,
  );
  declare(
    'list [path]',
    { parent, summary: 'list what lies in the trash', example: 'syncpair trash list --file config.yaml docs' },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/trash.ts')).listTrashed,
  );
  declare(
    'restore [path]',
    { parent, summary: 'bring it back, overwriting nothing', example: 'syncpair trash restore --file config.yaml docs/plan.txt' },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/trash.ts')).restoreTrashed,
  );
}
