import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  CHUNKED_BYTES,
  type ContentHash,
  type Entry,
  type RelativePath,
  type VersionId,
  type VersionState,
  joinPath,
  nameOf,
  parentOf,
} from '@syncpair/contracts';
import type { Base } from '@syncpair/sync-core';
import { STATE_COLUMNS, type StateRow, fromState, toState } from './rows.ts';

/** What this client and the server agreed on at a path, with how the object looked on disk then. */
export interface BaseEntry extends Base {
  readonly path: RelativePath;
  readonly version: VersionId;
  readonly state: VersionState;
  readonly held: boolean;
  /** The stamp of the object when it was last seen to be this version; null when it is not on disk. */
  readonly stamp: string | null;
  readonly inode: bigint | null;
}

interface BaseRow extends StateRow {
  readonly name: string;
  readonly version: string;
  readonly stamp: string | null;
  readonly inode: string | null;
  readonly held: number;
}

const COLUMNS = `name, version, ${STATE_COLUMNS}, stamp, CAST(inode AS TEXT) AS inode, held`;
/** Everything below a folder sorts between `folder/` and `folder0`, `0` being the character after `/`. */
const BELOW = 'path >= ? AND path < ?';
const below = (folder: RelativePath): [string, string] => [`${folder}/`, `${folder}0`];

/** The base, kept by folder and name. Synchronous; callers group writes in a transaction of the state. */
export class BaseStore {
  readonly #sql: ReturnType<typeof prepare>;
  /** Folder ids by path; as many as there are folders. */
  readonly #folderIds = new Map<string, number>([['', 0]]);
  /** Paths above known folders: at any other path that is no folder itself nothing lies below. Some may be none any more. */
  readonly #above = new Set<string>();

  constructor(database: DatabaseSync) {
    database.exec('DELETE FROM folder WHERE id <> 0 AND NOT EXISTS (SELECT 1 FROM base WHERE folder = folder.id)');
    this.#sql = prepare(database);
    for (const row of this.#sql.allFolders.iterate() as Iterable<{ id: number; path: string }>) this.#know(row.path, row.id);
  }

  get(path: RelativePath): BaseEntry | null {
    const folder = this.#folderIds.get(parentOf(path) ?? '');
    if (folder === undefined) return null;
    const row = this.#sql.get.get(folder, nameOf(path)) as BaseRow | undefined;
    return row === undefined ? null : toEntry(parentOf(path), row);
  }

  /** The entries directly in a folder (null: the root). */
  children(folder: RelativePath | null): BaseEntry[] {
    const id = this.#folderIds.get(folder ?? '');
    return id === undefined ? [] : (this.#sql.children.all(id) as unknown as BaseRow[]).map((row) => toEntry(folder, row));
  }

  /**
   * What lies in a folder when all in it is as the base says, as `KnownFolder` has it, and how many names that are; null when the base has
   * nothing in it, or something that is not on disk or is held.
   */
  contents(folder: RelativePath | null): { readonly known: string; readonly names: number } | null {
    const id = this.#folderIds.get(folder ?? '');
    if (id === undefined) return null;
    const { known, names, seen } = this.#sql.contents.get(id) as { known: string | null; names: number; seen: number };
    return known === null || seen < names ? null : { known, names };
  }

  /** Every entry below a folder, the folder itself left out. */
  *under(folder: RelativePath): Generator<BaseEntry> {
    for (const { id, path } of [
      ...(this.#sql.folderOf.all(folder) as { id: number; path: string }[]),
      ...(this.#sql.foldersBelow.all(...below(folder)) as { id: number; path: string }[]),
    ]) {
      for (const row of this.#sql.children.all(id) as unknown as BaseRow[]) yield toEntry(path as RelativePath, row);
    }
  }

  /** True when the base has anything below a path, whatever it has at the path itself and between. */
  hasAnyBelow(path: RelativePath): boolean {
    if (!this.#folderIds.has(path) && !this.#above.has(path)) return false;
    return this.#sql.anyBelow.get(path, ...below(path)) !== undefined;
  }

  /** Entries that had this inode when they were last seen. */
  findByInode(inode: bigint): BaseEntry[] {
    const rows = this.#sql.byInode.all(toColumn(inode)) as unknown as (BaseRow & { folder_path: string })[];
    return rows.map((row) => toEntry(row.folder_path === '' ? null : (row.folder_path as RelativePath), row));
  }

  /** Entries of a content that has CHUNKED_BYTES or more; of any other, none. */
  findLarge(hash: ContentHash): BaseEntry[] {
    const rows = this.#sql.large.all(Buffer.from(hash, 'hex')) as unknown as (BaseRow & { folder_path: string })[];
    return rows.map((row) => toEntry(row.folder_path === '' ? null : (row.folder_path as RelativePath), row));
  }

  /** Entries that this folder cannot hold. */
  held(): BaseEntry[] {
    const rows = this.#sql.held.all() as unknown as (BaseRow & { folder_path: string })[];
    return rows.map((row) => toEntry(row.folder_path === '' ? null : (row.folder_path as RelativePath), row));
  }

  put(entry: BaseEntry): void {
    const folder = this.#folderId(parentOf(entry.path));
    this.#sql.put.run(
      folder,
      nameOf(entry.path),
      entry.version,
      ...fromState(entry.state),
      entry.stamp,
      toColumn(entry.inode),
      entry.held ? 1 : 0,
    );
  }

  setStamp(path: RelativePath, stamp: string, inode: bigint): void {
    const folder = this.#folderIds.get(parentOf(path) ?? '');
    if (folder !== undefined) this.#sql.setStamp.run(stamp, toColumn(inode), folder, nameOf(path));
  }

  remove(path: RelativePath): void {
    const folder = this.#folderIds.get(parentOf(path) ?? '');
    if (folder !== undefined) this.#sql.remove.run(folder, nameOf(path));
  }

  /**
   * Gives an entry and all below it another path, as a move of `version` did on the server. What the base still had at `to` is replaced.
   */
  rename(from: RelativePath, to: RelativePath, version: VersionId): void {
    const entry = this.get(from);
    if (entry === null) return;
    const range = below(from);
    this.#dropFolders(to);
    this.#sql.versionBelow.run(version, from, ...range);
    this.#sql.renameFolders.run(to, from.length + 1, from, ...range);
    for (const path of [...this.#folderIds.keys()]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#know(to + path.slice(from.length), this.#folderIds.get(path) as number);
      this.#folderIds.delete(path);
    }
    this.remove(from);
    this.put({ ...entry, path: to, version });
  }

  /** Files and links that are on disk. */
  countLive(): number {
    return (this.#sql.countLive.get() as { n: number }).n;
  }

  /** Every entry. The base must not be changed while it is iterated. */
  *all(): Generator<BaseEntry> {
    for (const [path, id] of this.#folderIds) {
      const folder = path === '' ? null : (path as RelativePath);
      for (const row of this.#sql.children.all(id) as unknown as BaseRow[]) yield toEntry(folder, row);
    }
  }

  /** The path of every entry but deleted ones. The base must not be changed while it is iterated. */
  *paths(): Generator<{ readonly path: RelativePath; readonly kind: Entry['kind'] }> {
    for (const [path, id] of this.#folderIds) {
      const folder = path === '' ? null : (path as RelativePath);
      for (const { name, kind } of this.#sql.names.iterate(id) as Iterable<{ name: string; kind: Entry['kind'] }>)
        yield { path: joinPath(folder, name), kind };
    }
  }

  clear(): void {
    this.#sql.clear.run();
    this.#sql.clearFolders.run();
    this.#folderIds.clear();
    this.#above.clear();
    this.#folderIds.set('', 0);
  }

  /** Every folder, empty ones too; null for the root. */
  folders(): (RelativePath | null)[] {
    const found = new Set<string>(this.#folderIds.keys());
    for (const { folder, name } of this.#sql.allDirs.iterate() as Iterable<{ folder: string; name: string }>)
      found.add(folder === '' ? name : `${folder}/${name}`);
    return [...found].map((path) => (path === '' ? null : (path as RelativePath)));
  }

  /** Whether at least so many files and links are on disk. */
  hasLive(count: number): boolean {
    return (this.#sql.countUpTo.get(count) as { n: number }).n >= count;
  }

  /** Frees the names of a folder and of all below it, with what the base still has there. */
  #dropFolders(folder: RelativePath): void {
    this.#sql.removeBelow.run(folder, ...below(folder));
    this.#sql.removeFolders.run(folder, ...below(folder));
    for (const path of [...this.#folderIds.keys()]) if (path === folder || path.startsWith(`${folder}/`)) this.#folderIds.delete(path);
  }

  #folderId(folder: RelativePath | null): number {
    const path = folder ?? '';
    const known = this.#folderIds.get(path);
    if (known !== undefined) return known;
    const id = Number(this.#sql.addFolder.run(path).lastInsertRowid);
    this.#know(path, id);
    return id;
  }

  #know(path: string, id: number): void {
    this.#folderIds.set(path, id);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      // What lies above a known one is known, too.
      if (this.#above.has(above)) return;
      this.#above.add(above);
    }
  }
}

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    allFolders: sql('SELECT id, path FROM folder'),
    allDirs: sql("SELECT path AS folder, name FROM base JOIN folder ON folder.id = base.folder WHERE kind = 'dir'"),
    folderOf: sql('SELECT id, path FROM folder WHERE path = ?'),
    foldersBelow: sql(`SELECT id, path FROM folder WHERE ${BELOW}`),
    addFolder: sql('INSERT INTO folder (path) VALUES (?)'),
    get: sql(`SELECT ${COLUMNS} FROM base WHERE folder = ? AND name = ?`),
    names: sql("SELECT name, kind FROM base WHERE folder = ? AND kind <> 'tombstone'"),
    children: sql(`SELECT ${COLUMNS} FROM base WHERE folder = ?`),
    // A stamp begins with the letter of its kind. Names are in the order of their bytes, as in the table itself.
    contents: sql(
      `SELECT group_concat(stamp || '/' || name || '/', '') AS known, count(*) AS names,
         count(CASE WHEN held = 0 AND substr(stamp, 1, 1) = substr(kind, 1, 1) THEN 1 END) AS seen
       FROM (SELECT stamp, name, held, kind FROM base WHERE folder = ? ORDER BY name)`,
    ),
    anyBelow: sql(`SELECT 1 FROM folder WHERE (path = ? OR (${BELOW})) AND EXISTS (SELECT 1 FROM base WHERE folder = id) LIMIT 1`),
    byInode: sql(`SELECT ${COLUMNS}, (SELECT path FROM folder WHERE id = base.folder) AS folder_path FROM base WHERE inode = ?`),
    large: sql(
      `SELECT ${COLUMNS}, (SELECT path FROM folder WHERE id = base.folder) AS folder_path FROM base WHERE hash = ? AND size >= ${CHUNKED_BYTES}`,
    ),
    held: sql(`SELECT ${COLUMNS}, (SELECT path FROM folder WHERE id = base.folder) AS folder_path FROM base WHERE held = 1`),
    put: sql(
      `INSERT OR REPLACE INTO base (folder, name, version, ${STATE_COLUMNS}, stamp, inode, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    setStamp: sql('UPDATE base SET stamp = ?, inode = ? WHERE folder = ? AND name = ?'),
    remove: sql('DELETE FROM base WHERE folder = ? AND name = ?'),
    versionBelow: sql(`UPDATE base SET version = ? WHERE folder IN (SELECT id FROM folder WHERE path = ? OR (${BELOW}))`),
    renameFolders: sql(`UPDATE folder SET path = ? || substr(path, ?) WHERE path = ? OR (${BELOW})`),
    removeBelow: sql(`DELETE FROM base WHERE folder IN (SELECT id FROM folder WHERE path = ? OR (${BELOW}))`),
    removeFolders: sql(`DELETE FROM folder WHERE path = ? OR (${BELOW})`),
    countLive: sql("SELECT count(*) AS n FROM base WHERE kind IN ('file', 'link') AND stamp IS NOT NULL"),
    clear: sql('DELETE FROM base'),
    clearFolders: sql('DELETE FROM folder WHERE id <> 0'),
    countUpTo: sql("SELECT count(*) AS n FROM (SELECT 1 FROM base WHERE kind IN ('file', 'link') AND stamp IS NOT NULL LIMIT ?)"),
  };
}

/** Inode numbers are unsigned; a column holds signed ones. */
const toColumn = <T extends bigint | null>(inode: T): T => (inode === null ? inode : (BigInt.asIntN(64, inode) as T));

function toEntry(folder: RelativePath | null, row: BaseRow): BaseEntry {
  return {
    path: joinPath(folder, row.name),
    version: row.version as VersionId,
    state: toState(row),
    held: row.held === 1,
    stamp: row.stamp,
    inode: row.inode === null ? null : BigInt.asUintN(64, BigInt(row.inode)),
  };
}
