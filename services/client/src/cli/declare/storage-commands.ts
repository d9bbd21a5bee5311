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
  declare(
    'fsck',
    {
      summary: 'check that every version has its content, and every content its hash',
      details:
        'Reads everything, beside a running server or without one. Ends with 0 when all is well and with 4 when there are problems. ' +
        'With --repair damaged contents are put aside, and clients that have what is missing are asked for it.',
      example: 'syncpair fsck --storage-dir ./server_storage',
    },
    [...storageOptions(), new Option('--repair', 'mend what can be mended'), jsonOption()],
    async () => (await import('../commands/fsck.ts')).fsck,
  );
  declare(
    'backup <dest>',
    {
      summary: 'copy what a server keeps, beside it while it works',
      details:
        'Metadata of one moment, and every content that it names. What an earlier backup has copied to DEST is not copied again. ' +
        'Ends with 4 when the storage itself lacks contents.',
      example: 'syncpair backup --storage-dir ./server_storage /mnt/backup/syncpair',
    },
    [...storageOptions(), jsonOption()],
    async () => (await import('../commands/backup.ts')).backup,
  );
  const [storageDir, databaseUrl] = storageOptions() as [Option, Option];
  declare(
    'restore-backup <source>',
    {
      summary: 'fill a new storage from a backup',
      details: 'The storage directory has to be empty or missing. Clients that meet the restored server merge with it, and delete nothing.',
      example: 'syncpair restore-backup /mnt/backup/syncpair --storage-dir ./server_storage',
    },
    [storageDir, databaseUrl, jsonOption()],
    async () => (await import('../commands/restore-backup.ts')).restoreBackup,
  );
}
