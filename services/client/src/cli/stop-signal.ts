import type { Logger } from '../log/logger.ts';

export interface StopSignal {
  /** Resolves with the first signal that asks to stop. A second one ends the process at once. */
  readonly received: Promise<NodeJS.Signals>;
  /** Lets the signals do again what they did before. */
  release(): void;
}

/** True when nothing connects us to a terminal: a service, or `nohup … &`. */
const detached = (): boolean => !process.stdin.isTTY && !process.stdout.isTTY && !process.stderr.isTTY;

/**
 * SIGINT and SIGTERM stop; so does SIGHUP, when the terminal that we run in is gone. Without a terminal SIGHUP means nothing: Node does not
 * inherit that `nohup` has it ignored, and log files that were rotated are noticed anyway.
 */
export function stopSignal(log: Logger): StopSignal {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGHUP' && detached()) return log.debug('SIGHUP is ignored: there is no terminal to lose');
    if (stopping && signal !== 'SIGHUP') process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    resolve(signal);
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, onSignal);
  return { received: promise, release: () => signals.forEach((signal) => process.off(signal, onSignal)) };
}
