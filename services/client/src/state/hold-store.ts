import type { DatabaseSync } from 'node:sqlite';
import type { RelativePath } from '@syncpair/contracts';

/** Deletions that wait for a person, as the state keeps them. */
export interface StoredHold {
  readonly id: string;
  readonly reason: string;
  readonly live: number;
  /** ISO 8601. */
  readonly since: string;
  readonly paths: number;
  readonly sample: readonly RelativePath[];
}

const SAMPLE = 5;

/** Holds and their paths. Synchronous; callers group writes in a transaction of the state. */
export class HoldStore {
  readonly #database: DatabaseSync;
  /** Every held path; asked for each path that a scan finds missing. */
  readonly #held: Set<RelativePath>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#held = new Set((database.prepare('SELECT path FROM held_path').all() as { path: RelativePath }[]).map((row) => row.path));
  }

  list(): StoredHold[] {
    // A hold without paths has ended.
    if (this.#held.size === 0) return [];
    const holds = this.#database.prepare('SELECT id, reason, live, since FROM hold ORDER BY since').all() as unknown as Omit<
      StoredHold,
      'paths' | 'sample'
    >[];
    const count = this.#database.prepare('SELECT count(*) AS n FROM held_path WHERE hold = ?');
    const sample = this.#database.prepare('SELECT path FROM held_path WHERE hold = ? ORDER BY path LIMIT ?');
    return holds.map((hold) => ({
      ...hold,
      paths: (count.get(hold.id) as { n: number }).n,
      sample: (sample.all(hold.id, SAMPLE) as { path: RelativePath }[]).map((row) => row.path),
    }));
  }

  /** The hold that waits, to which later deletions are added. */
  current(): string | null {
    return (this.#database.prepare('SELECT id FROM hold ORDER BY since DESC LIMIT 1').get() as { id: string } | undefined)?.id ?? null;
  }

  create(hold: { id: string; reason: string; live: number; since: string }): void {
    this.#database
      .prepare('INSERT INTO hold (id, reason, live, since) VALUES (?, ?, ?, ?)')
      .run(hold.id, hold.reason, hold.live, hold.since);
  }

  add(id: string, paths: Iterable<RelativePath>): void {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO held_path (path, hold) VALUES (?, ?)');
    for (const path of paths) {
      insert.run(path, id);
      this.#held.add(path);
    }
  }

  paths(id: string): RelativePath[] {
    return (this.#database.prepare('SELECT path FROM held_path WHERE hold = ? ORDER BY path DESC').all(id) as { path: RelativePath }[]).map(
      (row) => row.path,
    );
  }

  has(path: RelativePath): boolean {
    return this.#held.has(path);
  }

  /** Takes a path out, since it lies on disk again; a hold without paths ends. */
  release(path: RelativePath): void {
    if (!this.#held.delete(path)) return;
    const { hold } = this.#database.prepare('DELETE FROM held_path WHERE path = ? RETURNING hold').get(path) as { hold: string };
    this.#database.prepare('DELETE FROM hold WHERE id = ? AND NOT EXISTS (SELECT 1 FROM held_path WHERE hold = id)').run(hold);
  }

  end(id: string): void {
    for (const path of this.paths(id)) this.#held.delete(path);
    this.#database.prepare('DELETE FROM held_path WHERE hold = ?').run(id);
    this.#database.prepare('DELETE FROM hold WHERE id = ?').run(id);
  }
}
