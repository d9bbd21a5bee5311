import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Database } from './database.ts';
import { durabilityOf } from './durability-of.ts';
import { isConnectionLost } from './errors.ts';
import { ENTITIES } from '../store/entities.ts';
import { migrate } from './migrate.ts';
import { Initial1764000000000 } from './migrations/1764000000000-initial.ts';
import { DeviceRun1765300100000 } from './migrations/1765300100000-device-run.ts';
import { BlobPins1765400000000 } from './migrations/1765400000000-blob-pins.ts';
import { Chunks1768000000000 } from './migrations/1768000000000-chunks.ts';
import { MovesByTarget1764028800000 } from './migrations/1764028800000-moves-by-target.ts';
import { History1765100000000 } from './migrations/1765100000000-history.ts';
import { HistoryCut1765100100000 } from './migrations/1765100100000-history-cut.ts';
import { ServerIdentity1765300000000 } from './migrations/1765300000000-server-identity.ts';
import { Holds1765200000000 } from './migrations/1765200000000-holds.ts';

export interface OpenDatabaseOptions {
  readonly url: string;
  /** Reaches PostgreSQL itself where `url` goes through a transaction pooler: the lock of migrations belongs to a session. */
  readonly directUrl?: string;
  /** Connections at most; the directory queues need few. */
  readonly poolSize?: number;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

/** Milliseconds; also for a slot in a busy pool. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A process that stops inside a transaction must not keep its directory's lock for ever. */
const SESSION = { idle_in_transaction_session_timeout: 30_000, statement_timeout: 600_000 };

/** Settings of connections. */
const SETTINGS = {
  /** Through a pooler, which may not know others. */
  pooled: SESSION,
  /**
   * Statements are kept prepared, and planned for what they are asked and how large the tables are: a plan that was made while they were small
   * reads them as a whole once they are large, until somebody analyses them.
   */
  direct: { ...SESSION, options: '-c plan_cache_mode=force_custom_plan' },
  /** A migration takes as long as the tables are large, and waits for the one of another replica. */
  patient: { idle_in_transaction_session_timeout: 0, statement_timeout: 0 },
} as const;

/** A data source that is not connected yet. */
export function createDataSource(url: string, poolSize = 16, settings: keyof typeof SETTINGS = 'direct'): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [...ENTITIES],
    migrations: [
      Initial1764000000000,
      MovesByTarget1764028800000,
      History1765100000000,
      HistoryCut1765100100000,
      Holds1765200000000,
      ServerIdentity1765300000000,
      DeviceRun1765300100000,
      BlobPins1765400000000,
      Chunks1768000000000,
    ],
    migrationsTableName: 'migration',
    synchronize: false,
    applicationName: 'syncpair-metadata',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    installExtensions: false,
    logging: false,
    extra: { ...SETTINGS[settings], idleTimeoutMillis: 30_000, keepAlive: true },
  });
}

/**
 * Waits until PostgreSQL answers, however long it takes, then brings the schema up to date.
 *
 * @throws when the database refuses (a wrong password, no such database) or is too new: waiting would not help.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<DataSource> {
  const dataSource = createDataSource(
    options.url,
    options.poolSize,
    options.url === (options.directUrl ?? options.url) ? 'direct' : 'pooled',
  );
  for (let wait = 250; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      await dataSource.initialize();
      break;
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      options.log.warn(`PostgreSQL does not answer yet (${(error as Error).message}); asked again in ${wait} ms`);
      await sleep(wait, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }
  try {
    await migrateNow(options.directUrl ?? options.url, options.log);
    const durability = await durabilityOf(new Database(dataSource));
    if (durability !== 'ok') options.log.warn(durability);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function migrateNow(url: string, log: OpenDatabaseOptions['log']): Promise<void> {
  const dataSource = createDataSource(url, 2, 'patient');
  await dataSource.initialize();
  try {
    await migrate(dataSource, log);
  } finally {
    await dataSource.destroy();
  }
}
