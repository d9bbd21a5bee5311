import { setTimeout as delay } from 'node:timers/promises';
import type { FlushedDirectory } from '../../daemon/control.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { parseDuration } from '../format/duration.ts';
import { openQueries } from '../open-queries.ts';
import { findDaemon } from '../reach-daemon.ts';
import { type CommandConfig, readConfig } from '../read-config.ts';
import type { Progress } from '../terminal.ts';
import { type Barrier, judgeBarrier } from '../wait/judge-barrier.ts';
import { renderBarrier } from '../wait/render-barrier.ts';

interface WaitOptions extends CommonOptions {
  readonly clients: string;
  readonly timeout: string;
}

/** Milliseconds between two looks at the devices: short at first, since most are there at once. */
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

export async function wait(options: WaitOptions, _args: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const timeout = parseDuration(options.timeout);
  if (!timeout.ok) throw usageError(`--timeout: ${timeout.reason}`);
  const clients = parseClients(options.clients);
  const config = await readConfig(options);
  const deadline = performance.now() + timeout.value;

  const progress = terminal.progress();
  try {
    const flushed = await flush(config, deadline, progress);
    const barrier = flushed === null ? null : await waitFor(config, clients, flushed, deadline, progress);
    progress.end();
    if (options.json === true) terminal.printJson(barrier ?? { reached: false, sent: false, directories: [] });
    else if (barrier !== null) terminal.print(...renderBarrier(barrier, now(), terminal.style));
    if (barrier?.reached === true) return EXIT.done;
    const what = barrier === null ? 'this client has not sent everything to the server yet' : 'not every client has everything yet';
    throw new CliError(`timed out after ${options.timeout}: ${what}`, EXIT.timedOut);
  } finally {
    progress.end();
  }
}

function parseClients(text: string): readonly string[] | 'all' {
  if (text === 'all') return 'all';
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw usageError(`--clients "${text}" has an empty name; write all, or names with commas between them`);
  return [...new Set(names)];
}

/** Null when the time was over first. */
async function flush(config: CommandConfig, deadline: number, progress: Progress): Promise<readonly FlushedDirectory[] | null> {
  const daemon = await findDaemon(config);
  if (daemon === null) throw new CliError(`no client runs for ${config.file}; start it with "syncpair client --file ${config.file}"`);
  const ticking = setInterval(() => progress.update('sending what lies here…'), 200);
  const over = new AbortController();
  try {
    return await Promise.race([daemon.flush('all'), delay(Math.max(0, deadline - performance.now()), null, { signal: over.signal })]);
  } finally {
    over.abort();
    clearInterval(ticking);
    daemon.close();
  }
}

/** Asks for the devices until all are there or the time is over; a server that is away for a while is asked again. */
async function waitFor(
  config: CommandConfig,
  clients: readonly string[] | 'all',
  flushed: readonly FlushedDirectory[],
  deadline: number,
  progress: Progress,
): Promise<Barrier> {
  const directories = await Promise.all(
    flushed.map(async (at) => {
      const directory = config.directories.find(({ name }) => name === at.directory);
      if (directory === undefined)
        throw new CliError(`the running client has a directory "${at.directory}" that ${config.file} does not have; restart it`);
      return { ...at, shared: directory.shared, queries: await openQueries(config, directory) };
    }),
  );
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, LONGEST_POLL_MS)) {
    const over = performance.now() >= deadline;
    try {
      const reports = await Promise.all(directories.map(async (at) => ({ ...at, devices: (await at.queries.devices()).devices })));
      const barrier = judgeBarrier(reports, clients, config.config.clientId);
      if (barrier.reached || over) return barrier;
      const lagging = barrier.directories.flatMap((at) => at.clients.filter(({ reached }) => !reached).map(({ client }) => client));
      progress.update(`waiting for ${[...new Set(lagging)].join(', ')}…`);
    } catch (error) {
      if (!(error instanceof Error && 'retryable' in error && error.retryable === true)) throw error;
      if (over) throw new CliError(`timed out: the server does not answer (${error.message})`, EXIT.timedOut, { cause: error });
      progress.update(`the server does not answer (${error.message}); asking again…`);
    }
    await delay(Math.min(pause, Math.max(0, deadline - performance.now())));
  }
}
