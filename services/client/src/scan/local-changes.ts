import { type Entry, type RelativePath, isBelow } from '@syncpair/contracts';
import { LocalPuts } from './local-puts.ts';

/** An entry on disk that differs from the base, read while its stamp stayed the same. */
export interface LocalPut {
  readonly entry: Entry;
  readonly stamp: string;
  readonly inode: bigint;
}

/** An object that lies under another path than the base says. */
export interface LocalMove {
  /** As it is at its new place: executable bit and mtime may be others than the base says. */
  readonly entry: Entry;
  readonly from: RelativePath;
  readonly to: RelativePath;
  readonly stamp: string;
  readonly inode: bigint;
}

/** Milliseconds without a further deletion after which the collected ones go out. */
const DELETIONS_QUIET_MS = 500;
/** Milliseconds after the first deletion at which they go out at the latest. */
const DELETIONS_LATEST_MS = 10_000;

/** What changed on this disk and is not with the server yet. Times are monotonic milliseconds. */
export class LocalChanges {
  readonly puts = new LocalPuts();
  readonly deletes = new Set<RelativePath>();
  readonly moves: LocalMove[] = [];
  #firstDeleteAt = 0;
  #lastDeleteAt = 0;

  put(path: RelativePath, put: LocalPut): void {
    this.deletes.delete(path);
    this.puts.set(path, put);
  }

  remove(path: RelativePath, now: number): void {
    this.puts.delete(path);
    if (this.deletes.has(path)) return;
    if (this.deletes.size === 0) this.#firstDeleteAt = now;
    this.#lastDeleteAt = now;
    this.deletes.add(path);
  }

  move(move: LocalMove): void {
    this.forgetUnder(move.from);
    this.forgetUnder(move.to);
    this.moves.push(move);
  }

  /** The path is as the base says again. */
  forget(path: RelativePath): void {
    this.puts.delete(path);
    this.deletes.delete(path);
  }

  /** Forgets what was seen at a path and below it; it is to be looked at anew. */
  forgetUnder(path: RelativePath): void {
    this.forget(path);
    this.forgetPutsUnder(path);
    for (const key of this.deletes) if (isBelow(key, path)) this.deletes.delete(key);
  }

  has(path: RelativePath): boolean {
    return this.puts.has(path) || this.deletes.has(path);
  }

  /** A folder is gone, and what was seen in it and never sent with it. */
  forgetPutsUnder(folder: RelativePath): void {
    for (const key of this.puts.keys()) if (isBelow(key, folder)) this.puts.delete(key);
  }

  /** True while a move that is not with the server yet concerns the path. */
  isMoving(path: RelativePath): boolean {
    return this.moves.some(({ from, to }) => path === from || path === to || isBelow(path, from) || isBelow(path, to));
  }

  /** When the collected deletions may go out; null when there are none. */
  deletionsDueAt(): number | null {
    if (this.deletes.size === 0) return null;
    return Math.min(this.#lastDeleteAt + DELETIONS_QUIET_MS, this.#firstDeleteAt + DELETIONS_LATEST_MS);
  }

  clear(): void {
    this.puts.clear();
    this.deletes.clear();
    this.moves.length = 0;
  }
}
