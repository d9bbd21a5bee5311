import { Option } from 'commander';
import type { Declare } from '../program.ts';
import { directoryOption, fileOption, jsonOption } from './options.ts';

export function declareDaemonCommands(declare: Declare): void {
  declare(
    'server',
    {
      summary: 'run the whole server in this process',
      details:
        'PostgreSQL is embedded in the storage directory unless a URL is given. The server is ready when GET /health answers 200. ' +
        'It asks nobody for credentials, so it listens on this machine only, unless --host says otherwise.',
      example: 'syncpair server --port 8080 --storage-dir ./server_storage',
    },
    [
      new Option('--port <number>', 'TCP port; 0 takes any that is free').default('8080'),
      new Option('--host <address>', 'address to listen on').default('127.0.0.1'),
      new Option('--storage-dir <folder>', 'where everything is kept').default('./server_storage'),
      new Option('--database-url <url>', 'a PostgreSQL of your own: postgresql://…').env('SYNCPAIR_DATABASE_URL'),
      new Option('--allowed-hosts <names>', 'host names it is asked by besides its addresses, such as a proxy’s: a.example,b.example').env(
        'SYNCPAIR_ALLOWED_HOSTS',
      ),
      new Option('--hold <limits>', 'when deletions are held: more than FILES,PERCENT within ten minutes, or off')
        .env('SYNCPAIR_HOLD')
        .default('50,50'),
      new Option('--rate <limits>', 'requests that one client gets served: PER_SECOND,BURST, or off')
        .env('SYNCPAIR_RATE')
        .default('500,20000'),
      new Option('--auth <mode>', 'who may use it: open (a trusted network)').choices(['open', 'token']).default('open'),
    ],
    async () => (await import('../commands/server.ts')).server,
  );
  declare(
    'client',
    {
      summary: 'keep the directories of a configuration in sync',
      details:
        'Runs until it is stopped (SIGINT or SIGTERM). With --once it syncs until nothing is left to do and ends with 0, or with 4 when some paths have problems, or with 5 when something waits for approval.',
      example: 'syncpair client --file config.yaml',
    },
    [fileOption(), new Option('--once', 'sync until nothing is left to do, then exit')],
    async () => (await import('../commands/client.ts')).client,
  );
  declare(
    'join',
    {
      summary: 'say that a new folder, or another server, is meant',
      details:
        'A directory whose folder or server is not the one that it was in sync with waits for this word. Folder and server are then merged, and nothing is deleted on either side.',
      example: 'syncpair join --file config.yaml --directory team',
    },
    [fileOption(), directoryOption(), jsonOption()],
    async () => (await import('../commands/join.ts')).join,
  );
}
