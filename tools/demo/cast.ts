import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '@syncpair/contracts';
import { until } from '../../e2e/harness/until.ts';
import { type Played, play } from './process.ts';

/** Milliseconds after which something that was to happen is a failure: long, since a busy machine is none. */
export const PATIENCE = { within: 120_000, every: 15 } as const;

export interface Person {
  readonly name: string;
  /** Shared by both. */
  readonly team: string;
  /** Of this person alone. */
  readonly notes: string;
  readonly config: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Runs a command with this person's configuration; returns what it printed. @throws {Error} when it failed */
  run(...args: string[]): Promise<string>;
  /** Resolves when everything is the same here and on the server. */
  inSync(): Promise<void>;
}

export interface Cast {
  readonly folder: string;
  readonly alice: Person;
  readonly bob: Person;
  /** Resolves with the server's address. */
  startServer(): Promise<string>;
  /** Resolves with who ended without being asked, and what was its last word. */
  readonly lost: Promise<string>;
  /** The last lines of every log. */
  lastLines(count: number): { readonly name: string; readonly lines: string[] }[];
  /** Ends all processes, the server last, and removes the folder unless it is to be kept. */
  leave(): Promise<void>;
}

/** A server, alice and bob, none of them started, in a folder of their own: `keep`, or one that is removed in the end. */
export function cast(keep: string | null): Cast {
  const folder = keep === null ? realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-demo-'))) : takeFolder(keep);
  const processes = new Map<string, Played>();
  let leaving = false;
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  const log = (name: string): string => join(folder, `${name}.log`);

  const start = (name: string, ...args: string[]): Played => {
    if (leaving) throw new Error('the demo is over');
    const played = play(['--log-file', log(name), ...args]);
    processes.set(name, played);
    void played.ended.then(() => {
      if (processes.get(name) === played) lose(`${name} ended by itself ${played.output.stderr}`.trim());
    });
    return played;
  };
  const end = async (name: string): Promise<void> => {
    const played = processes.get(name);
    processes.delete(name);
    await played?.end();
  };
  let url = '';
  const person = (name: string): Person => createPerson(name, folder, { url: () => url, start, end });
  return {
    folder,
    alice: person('alice'),
    bob: person('bob'),
    lost,
    async startServer() {
      const server = start('server', 'server', '--port', '0', '--storage-dir', join(folder, 'storage'));
      url = await until(
        'the server is ready',
        () => {
          if (!server.isRunning) throw new Error(`the server did not start: ${server.output.stderr.trim()}`);
          return /ready at (\S+),/.exec(server.output.stdout)?.[1];
        },
        PATIENCE,
      );
      return url;
    },
    lastLines: (count) =>
      ['server', 'alice', 'bob'].map((name) => ({
        name,
        lines: `${readIfThere(log(name))}${processes.get(name)?.output.stderr ?? ''}`
          .split('\n')
          .filter((line) => line !== '')
          .slice(-count),
      })),
    async leave() {
      leaving = true;
      await Promise.all(['alice', 'bob'].map(end));
      await end('server');
      if (keep === null) await remove(folder);
    },
  };
}

/** Removes a folder for good: a PostgreSQL whose server was killed writes a little longer. */
async function remove(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder) && tries < 40; tries += 1) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    await delay(250);
  }
}

interface Stage {
  url(): string;
  start(name: string, ...args: string[]): Played;
  end(name: string): Promise<void>;
}

function createPerson(name: string, folder: string, stage: Stage): Person {
  const [team, notes, config] = [join(folder, name, 'team'), join(folder, name, 'notes'), join(folder, `${name}.yaml`)];
  const run = async (...args: string[]): Promise<string> => {
    const played = play([...args, '--file', config]);
    const code = await played.ended;
    if (code !== 0) throw new Error(`"syncpair ${args.join(' ')}" of ${name} ended with ${code}: ${played.output.stderr.trim()}`);
    return played.output.stdout;
  };
  const look = async (): Promise<Status> => JSON.parse(await run('status', '--json')) as Status;
  return {
    name,
    team,
    notes,
    config,
    run,
    async start() {
      for (const path of [team, notes]) mkdirSync(path, { recursive: true });
      writeFileSync(config, configuration({ name, url: stage.url(), team, notes }));
      const client = stage.start(name, 'client', '--file', config);
      await until(
        `${name}'s client answers`,
        async () => {
          if (!client.isRunning) throw new Error(`${name}'s client did not start: ${client.output.stderr.trim()}`);
          return (await look()).directories.every(({ state }) => state !== 'offline') ? true : undefined;
        },
        PATIENCE,
      );
    },
    stop: () => stage.end(name),
    async inSync() {
      const isSo = async (): Promise<true | undefined> =>
        (await look()).directories.every(({ in_sync: inSync }) => inSync) ? true : undefined;
      await until(`${name} is in sync`, isSo, PATIENCE);
    },
  };
}

const configuration = ({ name, url, team, notes }: { name: string; url: string; team: string; notes: string }): string =>
  `client_id: ${name}
server: ${url}
default:
  ignore_patterns: ["*.tmp"]
directories:
  - name: team
    local_path: ${JSON.stringify(team)}
    settings:
      shared: true
  - name: notes
    local_path: ${JSON.stringify(notes)}
`;

/** @throws {Error} when something lies in it */
function takeFolder(path: string): string {
  const folder = resolve(path);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty; name a new folder with --keep`);
  return realpathSync(folder);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
