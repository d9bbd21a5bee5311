import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Problem, type Seq, parseSeq } from '@syncpair/contracts';
import { BaseStore } from './base-store.ts';
import { EarlierStore } from './earlier-store.ts';
import { HoldStore } from './hold-store.ts';
import { ManifestStore } from './manifest-store.ts';
import { OutboxStore } from './outbox-store.ts';
import { RemoteStore } from './remote-store.ts';
import { NewerStateError, UnusableStateError, prepareSchema } from './schema.ts';

/** Starts that are remembered while no server answers. */
const MOST_RUNS = 30;

export const STATE_FILE = '.syncpair_state.db';

/** Facts about the directory as a whole. Absent: never known. */
export interface StateFacts {
  /** This device; 32 hexadecimal digits. Another one in a copy. */
  device: string;
  /** The directory's key on the server that this state belongs to. */
  namespace: string;
  /** The server's history that base and cursor belong to. */
  epoch: string;
  /** How far the log has been read; a decimal sequence number. */
  cursor: string;
  /** The mark of the commit at the cursor; absent where it has none. */
  mark: string;
  /** The server that epoch and cursor come from. */
  server: string;
  /** This root, wherever it is mounted; 32 hexadecimal digits. */
  root: string;
  /** Whose rules the names in the folder follow, as the configuration's `file_system` says it. */
  name_rules: string;
  /** Where the folder was at the last start: the machine's id and the root's inode. */
  place: string;
  /** The starts since the last one that the server has answered, that one first, with blanks between them. */
  runs: string;
  /** Why base and disk may not belong together, until all of it was checked: `copied`, `clone` or `old_state`. */
  doubt: string;
  /** Set from a merge until all of the folder was in sync: what it has may be old copies. */
  joining: string;
  /** The fingerprint of the ignore rules that the base was made under. */
  ignoring: string;
  /** ISO 8601. */
  last_sync: string;
  /** The latest notice: ISO 8601, a blank, and the words. */
  notice: string;
  /** Open conflicts when last heard of. */
  conflicts: string;
  /** The holds that wait in the directory when last heard of: JSON of `KnownHolds`. */
  holds: string;
  /** The revision that `holds` is of. */
  holds_revision: string;
  /** While a client is at work on the folder: the id of the machine's boot. See `lastEnd`. */
  running: string;
}

/**
 * What a client remembers of one directory, in `.syncpair_state.db` at its root: transactional, never synchronised, and safe to lose. A
 * client without it merges and deletes nothing.
 *
 * Losing the last transactions in a power cut is safe too, because every step is decided again from what base, disk and server say; so
 * commits are not flushed one by one.
 */
export class State {
  readonly base: BaseStore;
  readonly remote: RemoteStore;
  readonly holds: HoldStore;
  /** The server has accepted the start of this client as the one that follows. */
  isRunAccepted = false;
  readonly outbox: OutboxStore;
  readonly earlier: EarlierStore;
  readonly manifests: ManifestStore;
  readonly #database: DatabaseSync;
  #run: { readonly id: string; readonly follows: readonly string[] } | null = null;
  readonly #sql: Record<'fact' | 'setFact' | 'removeFact', StatementSync>;
  readonly #onClose: () => void;

  private constructor(database: DatabaseSync, onClose: () => void) {
    this.#database = database;
    this.#onClose = onClose;
    this.#sql = {
      fact: database.prepare('SELECT value FROM meta WHERE key = ?'),
      setFact: database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)'),
      removeFact: database.prepare('DELETE FROM meta WHERE key = ?'),
    };
    this.base = new BaseStore(database);
    this.remote = new RemoteStore(database);
    this.holds = new HoldStore(database);
    this.outbox = new OutboxStore(database);
    this.earlier = new EarlierStore(database);
    this.manifests = new ManifestStore(database);
  }

  /**
   * Opens the state in a folder, or makes a new one. A file that cannot be used is set aside, and `setAside` tells why.
   *
   * @throws {NewerStateError} when a newer version wrote it
   */
  static open(root: string): { readonly state: State; readonly setAside: string | null } {
    const file = join(root, STATE_FILE);
    try {
      return { state: State.#openFile(file), setAside: null };
    } catch (error) {
      if (error instanceof NewerStateError || !isDamage(error)) throw error;
      const aside = `${file}.unusable-${new Date().toISOString().replaceAll(/[:.]/g, '')}`;
      renameSync(file, aside);
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
      return { state: State.#openFile(file), setAside: `${(error as Error).message}; it was renamed to ${aside}` };
    }
  }

  /** Opens a copy of the state in a folder, to look at without changing it; the copy is removed when it is closed. */
  static openCopy(root: string): { readonly state: State; readonly setAside: null } {
    const folder = mkdtempSync(join(tmpdir(), 'syncpair-look-'));
    const copy = join(folder, STATE_FILE);
    try {
      if (existsSync(join(root, STATE_FILE))) {
        const original = new DatabaseSync(join(root, STATE_FILE), { readOnly: true });
        original.prepare('VACUUM INTO ?').run(copy);
        original.close();
      }
      return { state: State.#openFile(copy, () => rmSync(folder, { recursive: true, force: true })), setAside: null };
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  static #openFile(file: string, onClose: () => void = () => undefined): State {
    const isNew = !existsSync(file);
    const database = new DatabaseSync(file);
    try {
      if (isNew && process.platform !== 'win32') chmodSync(file, 0o600);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY');
      return State.over(database, { check: !isNew, onClose });
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * The state in a database that is open already, wherever it is; `close` closes it.
   *
   * @throws {NewerStateError | UnusableStateError}
   */
  static over(database: DatabaseSync, { check = false, onClose = (): void => undefined } = {}): State {
    prepareSchema(database);
    if (check) {
      const { quick_check: result } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
      if (result !== 'ok') throw new UnusableStateError(`the state file is damaged: ${result}`);
    }
    const state = new State(database, onClose);
    for (const id of ['device', 'root'] as const) if (state.fact(id) === null) state.setFact(id, randomBytes(16).toString('hex'));
    return state;
  }

  /** Runs `work` as one transaction: all of it or nothing. */
  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.remote.recount();
      throw error;
    }
  }

  /** Like `transaction`, and what it wrote survives a power cut from the moment that it returns. */
  durably<T>(work: () => T): T {
    this.#database.exec('PRAGMA synchronous = FULL');
    try {
      return this.transaction(work);
    } finally {
      this.#database.exec('PRAGMA synchronous = NORMAL');
    }
  }

  fact<Name extends keyof StateFacts>(name: Name): StateFacts[Name] | null {
    const row = this.#sql.fact.get(name) as { value: string } | undefined;
    return row === undefined ? null : row.value;
  }

  setFact<Name extends keyof StateFacts>(name: Name, value: StateFacts[Name] | null): void {
    if (value === null) this.#sql.removeFact.run(name);
    else this.#sql.setFact.run(name, value);
  }

  /** The start of the client that has this state open, as the server is told of it; null for one that only looks. */
  get run(): { readonly id: string; readonly follows: readonly string[] } | null {
    return this.#run;
  }

  /** A client starts to work with this state. */
  startRun(): void {
    const [acknowledged, ...later] = this.fact('runs')?.split(' ') ?? [];
    const follows = acknowledged === undefined ? [] : [acknowledged, ...later.slice(-MOST_RUNS)];
    this.isRunAccepted = false;
    this.#run = { id: randomBytes(9).toString('base64url'), follows };
    this.setFact('runs', [...follows, this.#run.id].join(' '));
  }

  /** The server has answered this start. */
  acknowledgeRun(): void {
    if (this.#run === null || this.isRunAccepted) return;
    this.isRunAccepted = true;
    this.#run = { id: this.#run.id, follows: [] };
    this.setFact('runs', this.#run.id);
  }

  /** This state is one of a device of its own from now on. */
  renewDevice(): void {
    this.setFact('device', randomBytes(16).toString('hex'));
    this.setFact('runs', null);
    if (this.#run !== null) this.startRun();
  }

  /** Whichever server answers next is the one that is meant; its history is another one. */
  forgetServer(): void {
    this.transaction(() => {
      this.setFact('server', null);
      this.setFact('epoch', null);
    });
  }

  get cursor(): Seq {
    const cursor = parseSeq(this.fact('cursor') ?? '0');
    return cursor.ok ? cursor.value : 0;
  }

  /** Keeps the problems where `status` finds them when no daemon runs. */
  saveProblems(problems: readonly Problem[]): void {
    this.transaction(() => {
      this.#database.exec('DELETE FROM problem');
      const insert = this.#database.prepare('INSERT OR REPLACE INTO problem (path, code, message) VALUES (?, ?, ?)');
      for (const problem of problems) insert.run(problem.path, problem.code, problem.message);
    });
  }

  /** Gives up the pages that SQLite keeps to be quick; they are read again when they are needed. Nothing happens once it is closed. */
  releaseMemory(): void {
    if (this.#database.isOpen) this.#database.exec('PRAGMA shrink_memory');
  }

  close(): void {
    this.#database.close();
    this.#onClose();
  }
}

/** SQLite's primary result codes for a file that is damaged or no database at all. */
const DAMAGE = new Set([11, 26]);

function isDamage(error: unknown): boolean {
  if (error instanceof UnusableStateError) return true;
  const code = (error as { errcode?: number }).errcode;
  return code !== undefined && DAMAGE.has(code & 0xff);
}
