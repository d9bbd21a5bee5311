import type { PostgresLog } from '@syncpair/embedded-postgres';

/**
 * Keeps what is logged before the log is there, in order, and hands it on then. The log's library loads while PostgreSQL starts, and
 * PostgreSQL has things to tell meanwhile.
 */
export class EarlyLog implements PostgresLog {
  readonly #kept: ((log: PostgresLog) => void)[] = [];
  #log: PostgresLog | null = null;

  info(message: string): void {
    this.#tell((log) => log.info(message));
  }

  warn(message: string): void {
    this.#tell((log) => log.warn(message));
  }

  handOnTo(log: PostgresLog): void {
    this.#log = log;
    for (const tell of this.#kept.splice(0)) tell(log);
  }

  #tell(tell: (log: PostgresLog) => void): void {
    if (this.#log === null) this.#kept.push(tell);
    else tell(this.#log);
  }
}
