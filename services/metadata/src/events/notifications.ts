import type { Seq } from '@syncpair/contracts';
import pg from 'pg';

const CHANNEL = 'syncpair_commits';
/** Milliseconds over which commits go into one notification. */
const MERGE_MS = 5;
/** Directories in one notification: its payload is limited to 8,000 bytes. */
const MAX_IN_ONE = 200;
const MAX_WAIT_MS = 5_000;

export interface NotificationListener {
  heard(directory: number, seq: Seq, holds?: number): void;
  /** The connection is not there: nothing is heard. */
  lost(): void;
  /** The connection is there again; what was said meanwhile was missed. */
  resumed(): void;
}

/**
 * Tells the other replicas which directories have gone on, and hears it from them, over one connection of its own. Best effort both ways:
 * a notification carries no news that the database does not hold.
 */
export class Notifications {
  readonly #url: string;
  readonly #warn: (message: string) => void;
  readonly #pending = new Map<number, { seq: Seq; holds: number }>();
  #listener: NotificationListener | null = null;
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #wait = 250;
  #closed = false;
  #sent: Promise<void> = Promise.resolve();

  constructor(url: string, warn: (message: string) => void) {
    this.#url = url;
    this.#warn = warn;
  }

  /** Connects, and connects again whenever the connection is lost. */
  start(listener: NotificationListener): void {
    this.#listener = listener;
    void this.#connect();
  }

  /** Says, within a few milliseconds, that the log of a directory goes on to `seq` and its holds are at revision `holds`. */
  tell(directory: number, seq: Seq, holds: number): void {
    const pending = this.#pending.get(directory) ?? { seq: 0, holds: 0 };
    this.#pending.set(directory, { seq: Math.max(seq, pending.seq), holds: Math.max(holds, pending.holds) });
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#send();
    }, MERGE_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#send();
    await this.#sent;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  /** One after another: a connection runs one statement at a time. */
  #send(): void {
    const lines = [...this.#pending].map(([directory, { seq, holds }]) => `${directory}:${seq}:${holds}`);
    this.#pending.clear();
    for (let start = 0; start < lines.length; start += MAX_IN_ONE) {
      const payload = lines.slice(start, start + MAX_IN_ONE).join(',');
      this.#sent = this.#sent.then(() => this.#notify(payload));
    }
  }

  async #notify(payload: string): Promise<void> {
    // What cannot be told is found by the regular look at the heads.
    await this.#client?.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]).catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'syncpair-events',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost) return;
      lost = true;
      if (this.#client === client) this.#client = null;
      if (this.#closed) return;
      this.#listener?.lost();
      this.#warn(`the connection for notifications is lost${error === undefined ? '' : `: ${error.message}`}`);
      void client.end().catch(() => undefined);
      this.#retry = setTimeout(() => void this.#connect(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, MAX_WAIT_MS);
    };
    client.on('error', onLost);
    client.on('end', () => onLost());
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      if (this.#closed) {
        await client.end();
        return;
      }
      this.#client = client;
      this.#wait = 250;
      this.#listener?.resumed();
    } catch (error) {
      onLost(error as Error);
    }
  }

  #hear(payload: string): void {
    for (const line of payload.split(',')) {
      // A replica of an older version tells no holds.
      const [directory, seq, holds = 0] = line.split(':').map(Number);
      if (Number.isSafeInteger(directory) && Number.isSafeInteger(seq)) this.#listener?.heard(directory as number, seq as number, holds);
    }
  }
}
