import { type Logger, silentLogger } from '../../../../../services/client/src/log/logger.ts';
import type { World } from './world.ts';

/** The log of a client about one directory: goes into the trace, and an error that nobody expected is a finding. */
export function clientLog(world: World, client: number, directory: string): Logger {
  const tell =
    (level: string) =>
    (message: string): void =>
      world.note(`client ${client} ${directory} ${level}: ${message}`);
  return {
    ...silentLogger,
    debug: world.trace.lines === null ? silentLogger.debug : tell('debug'),
    info: tell('info'),
    warn: tell('warn'),
    error: (message) => {
      tell('error')(message);
      if (!message.includes('is halted')) world.ledger.find('log', `client ${client} ${message}`);
    },
  };
}
