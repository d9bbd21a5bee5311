import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@syncpair/contracts';
import type { DataSource, QueryRunner } from 'typeorm';
import { runSql } from './run-sql.ts';
import { Slots } from './slots.ts';
import { isConnectionLost, isTransient, toDatabaseError } from './errors.ts';

/** Anything that answers SQL. `bigint` columns come as strings, `bytea` as buffers. */
export interface Queryable {
  query<Row = never>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

declare const open: unique symbol;
/** An open transaction, passed by value: what must run inside of one takes it as a parameter. */
export interface Transaction extends Queryable {
  readonly [open]: true;
}

/**
 * Where `synchronous_commit` is off, be it for the server, the database or the account, PostgreSQL answers before its log is on the disk, and
 * so would we. Any other value is at least as strong as what is promised, and stays.
 */
const FLUSHED = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'";

const BEGIN = {
  /** Reads and writes; rows are locked where it matters. What it commits is on the disk before it resolves. */
  write: `BEGIN ISOLATION LEVEL READ COMMITTED; ${FLUSHED}`,
  /** Reads that all see one moment. */
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
} as const;

const ATTEMPTS = 6;
/** Streams of one process that hold a connection each. */
const MAX_STREAMS = 6;
/** Milliseconds a stream may wait for its consumer between two batches. */
const STREAM_IDLE_MS = 120_000;
/** Milliseconds in which a connection becomes free, or the question is refused: clients give up after 30 s without an answer. */
const BUSY_PATIENCE_MS = 25_000;
/** Connections of a pool whose size is not told, as in the driver. */
const DEFAULT_POOL_SIZE = 10;

/**
 * The one door to PostgreSQL. Connection losses and full disks become domain errors; statements and transactions that met a serialization
 * failure or a deadlock run again, so what runs inside of one must be repeatable.
 */
export class Database implements Queryable {
  readonly #dataSource: DataSource;
  readonly #prepared: boolean;
  readonly #streams = new Slots(MAX_STREAMS);
  /** Those of the pool, whose own limit on waiting does not tell a busy service from a database that does not answer. */
  readonly #connections: Slots;

  /** `prepared`: connections keep the plans of statements. Not through a pooler that gives each transaction another connection. */
  constructor(dataSource: DataSource, { prepared = false } = {}) {
    this.#dataSource = dataSource;
    this.#prepared = prepared;
    this.#connections = new Slots(dataSource.options.poolSize ?? DEFAULT_POOL_SIZE);
  }

  async query<Row = never>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.#repeated(async () => {
      const runner = this.#dataSource.createQueryRunner();
      try {
        return await runSql<Row>(runner, sql, parameters, this.#prepared);
      } finally {
        await runner.release();
      }
    });
  }

  async transaction<T>(mode: keyof typeof BEGIN, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#repeated(() => this.#once(BEGIN[mode], work));
  }

  /**
   * Reads of one moment as a stream: the transaction stays open until the consumer has taken everything or gives up. A slow consumer holds
   * a connection, so at most a few run side by side; others wait for their turn.
   */
  async *streaming<T>(work: (transaction: Transaction) => AsyncGenerator<T>): AsyncGenerator<T> {
    await this.#streams.take();
    try {
      await this.#takeConnection();
      try {
        yield* this.#stream(work);
      } finally {
        this.#connections.give();
      }
    } catch (error) {
      throw toDatabaseError(error);
    } finally {
      this.#streams.give();
    }
  }

  /** Work of which nothing stays when it fails. */
  async #repeated<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#inTurn(work);
      } catch (error) {
        if (!isTransient(error) || attempt === ATTEMPTS) throw toDatabaseError(error);
        await sleep(Math.random() * 10 * 2 ** attempt);
      }
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#takeConnection();
    try {
      return await work();
    } finally {
      this.#connections.give();
    }
  }

  async #takeConnection(): Promise<void> {
    if (await this.#connections.takeWithin(BUSY_PATIENCE_MS)) return;
    throw new DomainError('unavailable', 'the server has more to do than it can; ask again a little later');
  }

  async *#stream<T>(work: (transaction: Transaction) => AsyncGenerator<T>): AsyncGenerator<T> {
    const runner = await this.#begin(BEGIN.snapshot);
    let end = 'ROLLBACK';
    try {
      const transaction = this.#transactionOf(runner);
      await transaction.query(`SET LOCAL idle_in_transaction_session_timeout = ${STREAM_IDLE_MS}`);
      yield* work(transaction);
      end = 'COMMIT';
    } finally {
      await runSql(runner, end, [], false).catch(() => undefined);
      await runner.release();
    }
  }

  async #once<T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const runner = await this.#begin(begin);
    try {
      const result = await work(this.#transactionOf(runner));
      await runSql(runner, 'COMMIT', [], false);
      return result;
    } catch (error) {
      // A connection that cannot roll back is broken, and the pool drops it.
      await runSql(runner, 'ROLLBACK', [], false).catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** The pool may hold connections that died unnoticed; nothing has happened yet, so one more is tried. */
  async #begin(begin: string): Promise<QueryRunner> {
    for (let retry = false; ; retry = true) {
      const runner = this.#dataSource.createQueryRunner();
      try {
        await runSql(runner, begin, [], false);
        return runner;
      } catch (error) {
        await runner.release();
        if (retry || !isConnectionLost(error)) throw error;
      }
    }
  }

  #transactionOf(runner: QueryRunner): Transaction {
    return { query: (sql, parameters) => runSql(runner, sql, parameters ?? [], this.#prepared) } as Transaction;
  }
}
