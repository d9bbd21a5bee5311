import { Option } from 'commander';
import type { Declare } from '../program.ts';
import { jsonOption } from './options.ts';

const storageOptions = (): Option[] => [
  new Option('--storage-dir <folder>', 'the storage of the server, which may be running').default('./server_storage'),
  new Option('--database-url <url>', 'its PostgreSQL, where that is not the embedded one').env('SYNCPAIR_DATABASE_URL'),
  new Option('--blob-dir <folder>', 'where its contents lie, when not in the storage directory').env('SYNCPAIR_BLOB_DIR'),
];

/** What an administrator does to the storage of a server, on the machine where it lies. */
export function declareStorageCommands(declare: Declare): void {
  declare(
    'gc',
    {
      summary: 'remove contents that no version has',
      details:
        'The server does this by itself, a little every minute; this looks at everything once. What no version has any more is removed by a ' +
        'collection 90 minutes later or more, when nobody can be about to use it.',
      example: 'syncpair gc --storage-dir ./server_storage',
    },
    [...storageOptions(), jsonOption()],
    async () => (await import('../commands/gc.ts')).gc,
  );
}
