import type { DatabaseSync } from 'node:sqlite';
import { CHUNKED_BYTES } from '@syncpair/contracts';

/** The layout of the state file. A file from a newer version is refused; one from an older version has no upgrade path yet to take. */
export const SCHEMA_VERSION = 1;

/**
 * `base` holds what this client and the server agreed on, by folder and name, so that a folder's rename touches its own row only and its
 * children are found without reading the tree. `remote` holds heads that are known but not applied. Both are safe to lose.
 */
const LAYOUT = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE folder (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
INSERT INTO folder (id, path) VALUES (0, '');

CREATE TABLE base (
  folder INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash BLOB,
  size INTEGER,
  mtime TEXT,
  executable INTEGER,
  target TEXT,
  stamp TEXT,
  inode INTEGER,
  held INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (folder, name)
) WITHOUT ROWID;
CREATE INDEX base_inode ON base (inode) WHERE inode IS NOT NULL;

CREATE TABLE remote (
  path TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash BLOB,
  size INTEGER,
  mtime TEXT,
  executable INTEGER,
  target TEXT,
  moved_from TEXT
) WITHOUT ROWID;
CREATE INDEX remote_seq ON remote (seq);
CREATE INDEX remote_tombstone ON remote (path) WHERE kind = 'tombstone';
CREATE INDEX remote_size ON remote (size) WHERE size IS NOT NULL;

CREATE TABLE remote_move (position INTEGER PRIMARY KEY, "from" TEXT NOT NULL, "to" TEXT NOT NULL, version TEXT NOT NULL);

CREATE TABLE hold (id TEXT PRIMARY KEY, reason TEXT NOT NULL, live INTEGER NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE held_path (path TEXT PRIMARY KEY, hold TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX held_path_hold ON held_path (hold);

CREATE TABLE problem (path TEXT PRIMARY KEY, code TEXT NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
`;

/** What came to layout 1 later: made where it is missing, and left alone by versions that do not know it. */
const ADDED = `
CREATE TABLE IF NOT EXISTS outbox (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, change TEXT NOT NULL, stamp TEXT, inode TEXT);
CREATE TABLE IF NOT EXISTS held_news (hold TEXT NOT NULL, path TEXT NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (hold, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held_put (path TEXT PRIMARY KEY, hold TEXT NOT NULL, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS earlier (
  position INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  version TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  hash BLOB,
  size INTEGER,
  mtime TEXT,
  executable INTEGER,
  target TEXT
);
CREATE INDEX IF NOT EXISTS earlier_at ON earlier (at);
CREATE TABLE IF NOT EXISTS manifest (position INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, chunks BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunk (key INTEGER NOT NULL, manifest INTEGER NOT NULL, PRIMARY KEY (key, manifest)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS base_large ON base (hash) WHERE size >= ${CHUNKED_BYTES};
CREATE INDEX IF NOT EXISTS remote_move_from ON remote_move ("from");
CREATE INDEX IF NOT EXISTS remote_move_to ON remote_move ("to");
`;

/** Why a state file cannot be used; the client then starts without one, which merges and deletes nothing. */
export class UnusableStateError extends Error {
  override readonly name = 'UnusableStateError';
}

/** The state comes from a newer SyncPair, whose meaning this one does not know. */
export class NewerStateError extends Error {
  override readonly name = 'NewerStateError';
}

/** Creates the layout in an empty database, or checks that it is the one this version writes. */
export function prepareSchema(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === SCHEMA_VERSION) {
    database.exec(ADDED);
    return;
  }
  if (version > SCHEMA_VERSION) throw new NewerStateError(`the state file has layout ${version}; this version knows ${SCHEMA_VERSION}`);
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
  if (tables.n > 0) throw new UnusableStateError('the state file holds tables of something else');
  database.exec(`BEGIN IMMEDIATE; ${LAYOUT} ${ADDED} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}
