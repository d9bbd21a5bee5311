/**
 * SyncPair at work, to look at: a server and the clients of two people on this machine, and a scripted minute with them. Afterwards the
 * folders stay live until Ctrl-C.
 *
 * Usage: npm run demo [-- --exit] [-- --keep DIR]
 */
import { parseArgs } from 'node:util';
import { assertBuilt } from '../e2e/harness/command.ts';
import { type Cast, cast } from './demo/cast.ts';
import { farewell } from './demo/farewell.ts';
import { narrator } from './demo/narrator.ts';
import { playScript } from './demo/script.ts';

const USAGE = `Usage: npm run demo [-- OPTIONS]

Starts a server and two clients on this machine, shows in a scripted minute what they do, and leaves them running until Ctrl-C.

  --exit      leave after the script: 0 when all of it held, else 1
  --keep DIR  play in DIR (a new or empty folder) and leave it there afterwards
  --help      print this`;

const tell = narrator(process.stdout);

async function main(): Promise<number> {
  const { exit, keep, help } = readArguments();
  if (help) {
    tell.line(USAGE);
    return 0;
  }
  assertBuilt();
  const stop = stopSignal();
  const troupe = cast(keep);
  try {
    const cut = new AbortController();
    const played = playScript(troupe, narrator(process.stdout, cut.signal), { unhurried: tell.isTerminal && !exit });
    // What it was at fails when it is cut short, and interests nobody then.
    played.catch(() => undefined);
    const asked = await Promise.race([played.then(() => null), stop, failWhenLost(troupe)]).finally(() => cut.abort());
    if (asked !== null) return 130;
    if (exit) return 0;
    farewell(troupe, tell);
    await Promise.race([stop, failWhenLost(troupe)]);
    return 0;
  } catch (error) {
    tell.failure((error as Error).message);
    for (const { name, lines } of troupe.lastLines(12)) if (lines.length > 0) tell.log(name, lines);
    return 1;
  } finally {
    tell.line('');
    tell.pending('ending the server and the clients');
    await troupe.leave();
    tell.done(keep === null ? 'ended, and everything removed' : `ended; everything is left in ${troupe.folder}`);
  }
}

async function failWhenLost({ lost }: Cast): Promise<never> {
  throw new Error(await lost);
}

function readArguments(): { exit: boolean; keep: string | null; help: boolean } {
  const { values } = parseArgs({ options: { exit: { type: 'boolean' }, keep: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  return { exit: values.exit ?? false, keep: values.keep ?? null, help: values.help ?? false };
}

/** Milliseconds within which a second signal is the same Ctrl-C: the terminal sends it, and npm hands it on. */
const SAME_SIGNAL_MS = 1_000;

/** Resolves with the first signal that asks to stop; a later one does not wait for a clean end. */
function stopSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let askedAt: number | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (askedAt !== null && performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(130);
      askedAt ??= performance.now();
      resolve(signal);
    });
  }
  return promise;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell.failure((error as Error).message);
    process.exit(2);
  },
);
