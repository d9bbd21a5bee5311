import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type Head,
  type RelativePath,
  type Seq,
  type VersionId,
  type VersionState,
  ancestorsOf,
  splitVersionId,
} from '@syncpair/contracts';
import type { Remote } from '@syncpair/sync-core';
import { STATE_COLUMNS, type StateRow, fromState, toState } from './rows.ts';

/** A head of the server that is known here and not applied yet. */
export interface RemoteHead extends Remote {
  readonly path: RelativePath;
  readonly version: VersionId;
  readonly state: VersionState;
  /** Where a move took it from: its content may still lie there on this disk. */
  readonly movedFrom: RelativePath | null;
}

/** A move that others made and that one rename may carry out here. */
export interface RemoteMove {
  readonly from: RelativePath;
  readonly to: RelativePath;
  readonly version: VersionId;
}

type Row = StateRow & { readonly path: string; readonly version: string; readonly moved_from: string | null };

const COLUMNS = `path, version, ${STATE_COLUMNS}, moved_from`;

/** Heads that wait to be applied. Synchronous; callers group writes in a transaction of the state. */
export class RemoteStore {
  readonly #sql: ReturnType<typeof prepare>;
  /** At least as many moves as wait: asked for with each line of the log. */
  #moves: number;
  /** False only when certainly no head waits: lanes ask at each wake. Null: to be found out. */
  #some: boolean | null = null;

  constructor(database: DatabaseSync) {
    this.#sql = prepare(database);
    this.#moves = this.#countMoves();
  }

  /** A transaction was rolled back: what was counted in it does not count. */
  recount(): void {
    this.#some = null;
    this.#moves = this.#countMoves();
  }

  get(path: RelativePath): RemoteHead | null {
    const row = this.#sql.get.get(path) as Row | undefined;
    return row === undefined ? null : toHead(row);
  }

  put(head: RemoteHead): void {
    this.#some = true;
    this.#sql.put.run(head.path, splitVersionId(head.version).seq, head.version, ...fromState(head.state), head.movedFrom);
  }

  /** Keeps a head unless a newer one of its path is known. */
  learn(head: Head): void {
    const known = this.get(head.path);
    if (known !== null && splitVersionId(known.version).seq > splitVersionId(head.version).seq) return;
    this.put({ path: head.path, version: head.version, state: head.state, movedFrom: null });
  }

  /** Removes the head of a path, but a newer one than `version` only when no version is given. */
  remove(path: RelativePath, version?: VersionId): void {
    this.#some = null;
    if (version === undefined) this.#sql.remove.run(path);
    else this.#sql.removeUpTo.run(path, splitVersionId(version).seq);
  }

  /** Heads after `path` in order of path, at most `limit`. Folders come before what is in them. */
  after(path: string, limit: number): RemoteHead[] {
    if (this.#isEmpty()) return [];
    return (this.#sql.after.all(path, limit) as unknown as Row[]).map(toHead);
  }

  /** What is to be there: heads after `path` that are no deletions, in order of path, at most `limit`. */
  entriesAfter(path: string, limit: number): RemoteHead[] {
    if (this.#isEmpty()) return [];
    return (this.#sql.entriesAfter.all(path, limit) as unknown as Row[]).map(toHead);
  }

  /** Files of more than `bytes`, the smallest first, at most `limit`. */
  largerThan(bytes: number, limit: number): RemoteHead[] {
    if (this.#isEmpty()) return [];
    return (this.#sql.largerThan.all(bytes, limit) as unknown as Row[]).map(toHead);
  }

  /** Heads before `path` in order of path, descending: what is in a folder comes before the folder. Null: from the end. */
  tombstonesBefore(path: string | null, limit: number): RemoteHead[] {
    if (this.#isEmpty()) return [];
    const rows = path === null ? this.#sql.lastTombstones.all(limit) : this.#sql.tombstonesBefore.all(path, limit);
    return (rows as unknown as Row[]).map(toHead);
  }

  under(folder: RelativePath): RemoteHead[] {
    return (this.#sql.below.all(`${folder}/`, `${folder}0`) as unknown as Row[]).map(toHead);
  }

  /** The lowest sequence number that waits; null when nothing does. */
  oldestSeq(): Seq | null {
    if (this.#isEmpty()) return null;
    return (this.#sql.oldest.get() as { seq: number | null }).seq;
  }

  /** What waits, for status: files with their bytes, and deletions. */
  totals(): { readonly files: number; readonly bytes: number; readonly deletions: number } {
    return this.#sql.totals.get() as { files: number; bytes: number; deletions: number };
  }

  clear(): void {
    this.#some = null;
    this.#sql.clear.run();
    this.#sql.clearMoves.run();
    this.#moves = 0;
  }

  addMove(move: RemoteMove): void {
    this.#sql.addMove.run(move.from, move.to, move.version);
    this.#moves++;
  }

  /** In the order in which they were made, at most `limit`. */
  moves(limit = -1): RemoteMove[] {
    if (this.#moves === 0) return [];
    return this.#sql.moves.all(limit) as unknown as RemoteMove[];
  }

  /** Those of which an end is the path, lies below it or above it: each end, or only where they begin. What this costs does not grow with the others. */
  movesAt(path: RelativePath, ends: 'from' | 'both' = 'both'): RemoteMove[] {
    if (this.#moves === 0) return [];
    const places = JSON.stringify([path, ...ancestorsOf(path)]);
    return this.#sql[ends === 'from' ? 'movesFrom' : 'movesAt'].all(places, `${path}/`, `${path}0`) as unknown as RemoteMove[];
  }

  removeMove(move: RemoteMove): void {
    this.#moves -= Number(this.#sql.removeMove.run(move.from, move.to, move.version).changes);
  }

  #isEmpty(): boolean {
    this.#some ??= this.#sql.any.get() !== undefined;
    return !this.#some;
  }

  #countMoves(): number {
    return (this.#sql.countMoves.get() as { n: number }).n;
  }
}

/** The path and what is above it as a JSON array, and the bounds of what is below it, are the parameters 1 to 3. */
const touches = (end: 'from' | 'to'): string => `"${end}" IN (SELECT value FROM json_each(?1)) OR ("${end}" >= ?2 AND "${end}" < ?3)`;

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    get: sql(`SELECT ${COLUMNS} FROM remote WHERE path = ?`),
    put: sql(`INSERT OR REPLACE INTO remote (path, seq, version, ${STATE_COLUMNS}, moved_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    any: sql('SELECT 1 FROM remote LIMIT 1'),
    remove: sql('DELETE FROM remote WHERE path = ?'),
    removeUpTo: sql('DELETE FROM remote WHERE path = ? AND seq <= ?'),
    after: sql(`SELECT ${COLUMNS} FROM remote WHERE path > ? ORDER BY path LIMIT ?`),
    entriesAfter: sql(`SELECT ${COLUMNS} FROM remote WHERE path > ? AND kind <> 'tombstone' ORDER BY path LIMIT ?`),
    tombstonesBefore: sql(`SELECT ${COLUMNS} FROM remote WHERE path < ? AND kind = 'tombstone' ORDER BY path DESC LIMIT ?`),
    lastTombstones: sql(`SELECT ${COLUMNS} FROM remote WHERE kind = 'tombstone' ORDER BY path DESC LIMIT ?`),
    largerThan: sql(`SELECT ${COLUMNS} FROM remote WHERE size > ? ORDER BY size LIMIT ?`),
    below: sql(`SELECT ${COLUMNS} FROM remote WHERE path >= ? AND path < ?`),
    oldest: sql('SELECT min(seq) AS seq FROM remote'),
    totals: sql(
      `SELECT count(*) FILTER (WHERE kind <> 'tombstone') AS files, coalesce(sum(size), 0) AS bytes, count(*) FILTER (WHERE kind = 'tombstone') AS deletions FROM remote`,
    ),
    clear: sql('DELETE FROM remote'),
    clearMoves: sql('DELETE FROM remote_move'),
    addMove: sql('INSERT INTO remote_move ("from", "to", version) VALUES (?, ?, ?)'),
    countMoves: sql('SELECT count(*) AS n FROM remote_move'),
    moves: sql('SELECT "from", "to", version FROM remote_move ORDER BY position LIMIT ?'),
    movesFrom: sql(`SELECT "from", "to", version FROM remote_move WHERE ${touches('from')} ORDER BY position`),
    movesAt: sql(`SELECT "from", "to", version FROM remote_move WHERE ${touches('from')} OR ${touches('to')} ORDER BY position`),
    removeMove: sql('DELETE FROM remote_move WHERE "from" = ? AND "to" = ? AND version = ?'),
  };
}

function toHead(row: Row): RemoteHead {
  return {
    path: row.path as RelativePath,
    version: row.version as VersionId,
    state: toState(row),
    movedFrom: row.moved_from as RelativePath | null,
  };
}
