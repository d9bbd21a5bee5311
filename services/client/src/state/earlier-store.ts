import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import { STATE_COLUMNS, type StateRow, fromState, toState } from './rows.ts';

/** A path whose version was replaced by another one not long ago. */
export interface EarlierEntry {
  readonly path: RelativePath;
  /** What was agreed on before; a tombstone where nothing was there. */
  readonly earlier: VersionState;
  /** The version that replaced it. */
  readonly version: VersionId;
}

type Row = StateRow & { readonly path: string; readonly version: string };

/**
 * What paths held before they came to what they hold now: after a power cut a disk may have gone back to it. Kept for minutes only.
 * Synchronous; callers group writes in a transaction of the state.
 */
export class EarlierStore {
  readonly #all: StatementSync;
  readonly #note: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare(`SELECT path, version, ${STATE_COLUMNS} FROM earlier ORDER BY position`);
    this.#note = database.prepare(`INSERT INTO earlier (path, version, at, ${STATE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#forget = database.prepare('DELETE FROM earlier WHERE at < ?');
  }

  /** The oldest first. */
  list(): EarlierEntry[] {
    return (this.#all.all() as unknown as Row[]).map((row) => ({
      path: row.path as RelativePath,
      earlier: toState(row),
      version: row.version as VersionId,
    }));
  }

  /** `at`: milliseconds since 1970. */
  note({ path, earlier, version }: EarlierEntry, at: number): void {
    this.#note.run(path, version, at, ...fromState(earlier));
  }

  /** Forgets what was replaced before a time. */
  forgetBefore(at: number): void {
    this.#forget.run(at);
  }
}
