import { type DirectoryRef, DomainError, type RetentionResponse, directoryKey } from '@syncpair/contracts';
import type { Database } from '../database/database.ts';
import { findDirectory } from '../store/directory-repository.ts';
import { readCommitTime, readRetention, writeRetention } from '../store/retention-repository.ts';
import type { RetentionJob } from './retention-job.ts';
import { DEFAULT_RETENTION_DAYS } from './retention-times.ts';

/** How long the history of a directory stays: told, and set. */
export class RetentionService {
  readonly #database: Database;
  readonly #job: RetentionJob;

  constructor(database: Database, job: RetentionJob) {
    this.#database = database;
    this.#job = job;
  }

  /** @throws {DomainError} `not_found` */
  async get(ref: DirectoryRef): Promise<RetentionResponse> {
    return this.#tell(await this.#find(ref));
  }

  /** Sets what is told and lets expire what has to go by now. @throws {DomainError} `not_found` */
  async set(
    ref: DirectoryRef,
    settings: { readonly days?: number | null | undefined; readonly maxBytes?: number | null | undefined },
  ): Promise<RetentionResponse> {
    const directory = await this.#find(ref);
    await writeRetention(this.#database, directory, settings);
    this.#job.soon(directory);
    return this.#tell(directory);
  }

  async #find(ref: DirectoryRef): Promise<number> {
    const directory = await findDirectory(this.#database, directoryKey(ref));
    if (directory === null) throw new DomainError('not_found', `no directory "${ref.name}"`);
    return directory.id;
  }

  async #tell(directory: number): Promise<RetentionResponse> {
    const row = await readRetention(this.#database, directory);
    if (row === null) throw new DomainError('not_found', 'the directory is gone');
    const since = row.released === 0 ? null : await readCommitTime(this.#database, directory, row.released);
    return {
      days: row.days ?? DEFAULT_RETENTION_DAYS,
      default_days: row.days === null,
      max_bytes: row.maxBytes,
      history_bytes: row.historyBytes,
      full: row.full,
      reaches_back_to: since?.toISOString() ?? null,
    };
  }
}
