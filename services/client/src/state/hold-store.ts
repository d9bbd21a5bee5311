import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { HoldKind, RelativePath } from '@syncpair/contracts';

/** Changes that wait for a person, as the state keeps them. */
export interface StoredHold {
  readonly id: string;
  readonly kind: HoldKind;
  readonly reason: string;
  readonly live: number;
  /** ISO 8601. */
  readonly since: string;
  readonly paths: number;
  readonly sample: readonly RelativePath[];
}

/** What the server was not told yet of a hold. */
export interface UntoldHold {
  readonly id: string;
  readonly held: readonly RelativePath[];
  /** Paths that wait no longer. */
  readonly released: readonly RelativePath[];
}

const SAMPLE = 5;

/**
 * Holds of this client's own changes and their paths, with what the server has still to hear of them. Synchronous; callers group writes in
 * a transaction of the state.
 */
export class HoldStore {
  readonly #database: DatabaseSync;
  readonly #all: StatementSync;
  /** Every held path; asked for each path that a scan finds missing. */
  readonly #held: Set<RelativePath>;
  /** Every changed file that is held, with its stamp. */
  readonly #puts: Map<RelativePath, string>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#all = database.prepare(
      `SELECT id, reason, live, since, iif(EXISTS (SELECT 1 FROM held_put WHERE hold = id), 'overwrites', 'deletions') AS kind
       FROM hold ORDER BY since`,
    );
    this.#held = new Set((database.prepare('SELECT path FROM held_path').all() as { path: RelativePath }[]).map((row) => row.path));
    const puts = database.prepare('SELECT path, stamp FROM held_put').all() as { path: RelativePath; stamp: string }[];
    this.#puts = new Map(puts.map(({ path, stamp }) => [path, stamp]));
  }

  list(): StoredHold[] {
    const holds = this.#all.all() as unknown as Omit<StoredHold, 'paths' | 'sample'>[];
    // Asked for with each look at the status, when there are hardly ever any.
    if (holds.length === 0) return [];
    const waiting = 'SELECT path FROM held_path WHERE hold = $hold UNION ALL SELECT path FROM held_put WHERE hold = $hold';
    const count = this.#database.prepare(`SELECT count(*) AS n FROM (${waiting})`);
    const sample = this.#database.prepare(`SELECT path FROM (${waiting}) ORDER BY path LIMIT ${SAMPLE}`);
    return holds.map((hold) => ({
      ...hold,
      paths: (count.get({ hold: hold.id }) as { n: number }).n,
      sample: (sample.all({ hold: hold.id }) as { path: RelativePath }[]).map((row) => row.path),
    }));
  }

  get(id: string): StoredHold | null {
    return this.list().find((hold) => hold.id === id) ?? null;
  }

  /** The hold that waits, to which later deletions are added. */
  current(): string | null {
    return this.list().findLast(({ kind }) => kind === 'deletions')?.id ?? null;
  }

  /** Begins a hold where there is none of this id. */
  create(hold: { id: string; reason: string; live: number; since: string }): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO hold (id, reason, live, since) VALUES (?, ?, ?, ?)')
      .run(hold.id, hold.reason, hold.live, hold.since);
  }

  /** `told`: it was the server that holds them. */
  add(id: string, paths: Iterable<RelativePath>, told = false): void {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO held_path (path, hold) VALUES (?, ?)');
    for (const path of paths) {
      insert.run(path, id);
      this.#held.add(path);
      if (!told) this.#news(path, id, 1);
    }
  }

  paths(id: string): RelativePath[] {
    return (this.#database.prepare('SELECT path FROM held_path WHERE hold = ? ORDER BY path DESC').all(id) as { path: RelativePath }[]).map(
      (row) => row.path,
    );
  }

  /** Holds a change of a file back; `stamp` is what it looked like. */
  addPut(id: string, path: RelativePath, stamp: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO held_put (path, hold, stamp) VALUES (?, ?, ?)').run(path, id, stamp);
    this.#puts.set(path, stamp);
    this.#news(path, id, 1);
  }

  /** Changed files of a hold. */
  puts(id: string): { readonly path: RelativePath; readonly stamp: string }[] {
    return this.#database.prepare('SELECT path, stamp FROM held_put WHERE hold = ? ORDER BY path').all(id) as {
      path: RelativePath;
      stamp: string;
    }[];
  }

  /** What a changed file looked like when it was held; undefined where none is. */
  putStamp(path: RelativePath): string | undefined {
    return this.#puts.get(path);
  }

  /** The file is another one again: it waits no longer. */
  releasePut(path: RelativePath): void {
    if (!this.#puts.delete(path)) return;
    const { hold } = this.#database.prepare('DELETE FROM held_put WHERE path = ? RETURNING hold').get(path) as { hold: string };
    this.#news(path, hold, 0);
    this.#dropIfEmpty(hold);
  }

  /** How many paths are held, changed files among them. */
  get size(): number {
    return this.#held.size + this.#puts.size;
  }

  /** Every path that is held, changed files among them, in no order. */
  everyPath(): RelativePath[] {
    return [...this.#held, ...this.#puts.keys()];
  }

  has(path: RelativePath): boolean {
    return this.#held.has(path);
  }

  /** Takes a path out, since it waits no longer; a hold without paths ends. `tell`: the server has to hear of it. */
  release(path: RelativePath, tell = true): void {
    if (!this.#held.delete(path)) return;
    const { hold } = this.#database.prepare('DELETE FROM held_path WHERE path = ? RETURNING hold').get(path) as { hold: string };
    if (tell) this.#news(path, hold, 0);
    this.#dropIfEmpty(hold);
  }

  #dropIfEmpty(hold: string): void {
    this.#database
      .prepare(
        `DELETE FROM hold WHERE id = ? AND NOT EXISTS (SELECT 1 FROM held_path WHERE hold = id) AND NOT EXISTS (SELECT 1 FROM held_put WHERE hold = id)`,
      )
      .run(hold);
  }

  /** Ends a hold that was decided: there is nothing more to tell of it. */
  end(id: string): void {
    for (const path of this.paths(id)) this.#held.delete(path);
    for (const { path } of this.puts(id)) this.#puts.delete(path);
    this.#database.prepare('DELETE FROM held_put WHERE hold = ?').run(id);
    this.#database.prepare('DELETE FROM held_path WHERE hold = ?').run(id);
    this.#database.prepare('DELETE FROM hold WHERE id = ?').run(id);
    this.#database.prepare('DELETE FROM held_news WHERE hold = ?').run(id);
  }

  /** A hold of which there is something to tell, up to `limit` paths; null when the server knows all. */
  untold(limit: number): UntoldHold | null {
    const first = this.#database.prepare('SELECT hold FROM held_news LIMIT 1').get() as { hold: string } | undefined;
    if (first === undefined) return null;
    const rows = this.#database.prepare('SELECT path, held FROM held_news WHERE hold = ? ORDER BY path LIMIT ?').all(first.hold, limit) as {
      path: RelativePath;
      held: number;
    }[];
    const some = (held: number): RelativePath[] => rows.filter((row) => row.held === held).map(({ path }) => path);
    return { id: first.hold, held: some(1), released: some(0) };
  }

  /** Paths of a hold that the server was not told of. */
  untoldPaths(id: string): RelativePath[] {
    return (this.#database.prepare('SELECT path FROM held_news WHERE hold = ? AND held = 1').all(id) as { path: RelativePath }[]).map(
      ({ path }) => path,
    );
  }

  /** The server heard it; what changed meanwhile is to be told again. */
  told({ id, held, released }: UntoldHold): void {
    const remove = this.#database.prepare('DELETE FROM held_news WHERE hold = ? AND path = ? AND held = ?');
    for (const path of held) remove.run(id, path, 1);
    for (const path of released) remove.run(id, path, 0);
  }

  /** The server knows nothing of a hold (any more): all of it is to be told. */
  tellAgain(id: string): void {
    for (const path of [...this.paths(id), ...this.puts(id).map(({ path: put }) => put)]) this.#news(path, id, 1);
  }

  #news(path: RelativePath, hold: string, held: 0 | 1): void {
    this.#database.prepare('INSERT OR REPLACE INTO held_news (hold, path, held) VALUES (?, ?, ?)').run(hold, path, held);
  }
}
