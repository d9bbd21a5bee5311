import { setTimeout as delay } from 'node:timers/promises';
import { PRODUCT_VERSION } from '@syncpair/contracts';
import { formatConfigError } from '../../config/format-config-error.ts';
import { startControlServer } from '../../control/control-server.ts';
import type { DaemonOutcome, RunningDaemon } from '../../daemon/running-daemon.ts';
import type { Logger } from '../../log/logger.ts';
import { releaseAtRest } from '../../runtime/release-at-rest.ts';
import { releaseMemory } from '../../runtime/release-memory.ts';
import { FirstSync } from '../../status/first-sync.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode, exitCodeFor } from '../exit-code.ts';
import { plural } from '../format/plural.ts';
import { readConfig } from '../read-config.ts';
import { stopSignal } from '../stop-signal.ts';

/** Milliseconds after which a stop no longer waits for what is under way; whatever is cut is taken up at the next start. */
const STOP_WITHIN_MS = 4_500;

/** Milliseconds between two looks at how far the first sync is. */
const LOOK_EVERY_MS = 500;

interface ClientOptions extends CommonOptions {
  readonly once?: boolean;
}

export async function client(options: ClientOptions, _args: readonly string[], { log: root }: CliContext): Promise<ExitCode> {
  const { config, directories } = await readConfig(options);
  const log = root.child('client');
  for (const warning of config.warnings) log.warn(formatConfigError(warning));
  const stop = stopSignal(log);
  const { startDaemon } = await import('../../daemon/daemon.ts');
  log.info(
    `SyncPair ${PRODUCT_VERSION}: ${config.clientId} keeps ${plural(directories.length, 'directory', 'directories')} in sync with ${config.server}`,
  );
  for (const { name, enabled } of config.directories) if (!enabled) log.info(`${name} is disabled in the configuration`);
  const daemon = await startDaemon(config, { log, once: options.once === true });
  const control = await startControlServer(
    daemon,
    directories.map(({ localPath }) => localPath),
    log,
  );
  const stopReleasing = releaseAtRest(() => {
    daemon.releaseMemory();
    releaseMemory();
  });
  const telling = log.shows('info') ? tellFirstSync(daemon, log) : undefined;
  try {
    const end = await Promise.race([daemon.done, stop.received]);
    if (typeof end !== 'string') {
      log.info(describeOutcome(end));
      return exitCodeFor(end);
    }
    log.info(`stopping on ${end}`);
    const stopped = await Promise.race([daemon.stop().then(() => true), delay(STOP_WITHIN_MS, false, { ref: false })]);
    if (stopped) log.info('stopped');
    else log.warn('stopped before everything under way was finished; it goes on at the next start');
    return EXIT.done;
  } finally {
    clearInterval(telling);
    stopReleasing();
    await control.close();
    stop.release();
  }
}

function describeOutcome({ problems, holds }: DaemonOutcome): string {
  const left = [
    ...(problems > 0 ? [`${plural(problems, 'problem')}, see "syncpair status"`] : []),
    ...(holds > 0 ? [`${plural(holds, 'mass change')} waiting for approval, see "syncpair holds list"`] : []),
  ];
  return left.length === 0 ? 'done: everything is in sync' : `done, but for ${left.join('; ')}`;
}

function tellFirstSync(daemon: RunningDaemon, log: Logger): NodeJS.Timeout {
  const first = new FirstSync(performance.now());
  const timer = setInterval(() => {
    daemon.status().then(
      (status) => {
        for (const line of first.look(status, performance.now())) log.info(line);
        if (first.isOver) clearInterval(timer);
      },
      (error: unknown) => log.debug(`no status: ${(error as Error).message}`),
    );
  }, LOOK_EVERY_MS);
  return timer.unref();
}
