import { type ContentHash, type RelativePath, isBelow } from '@syncpair/contracts';
import { settleWait } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { fileEntry, saysTheSame } from '../diff/compare.ts';
import { DiskProblem } from '../disk/disk.ts';
import type { ObservedFile } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { Arrivals } from './arrivals.ts';
import { BUSY_MS, type DirtyPaths, VANISHED_SETTLE_MS } from './dirty-paths.ts';
import type { Findings } from './findings.ts';
import { hashFiles } from './hash-files.ts';
import { RestlessFiles } from './restless-files.ts';

/** Bytes of files read in one request to the disk; larger files are read one at a time. */
const MOST_BYTES_AT_ONCE = 32 * 1024 * 1024;

interface Unread {
  readonly path: RelativePath;
  readonly observed: ObservedFile;
  /** Of the look that found it. */
  readonly moment: number;
}

/** Files that look changed: each is read once it has rested, and only its content says whether it is. */
export class FileReads {
  readonly #engine: Engine;
  readonly #dirty: DirtyPaths;
  readonly #arrivals: Arrivals;
  readonly #findings: Findings;
  readonly #restless = new RestlessFiles();
  #unread: Unread[] = [];
  #isReading = false;

  constructor(engine: Engine, dirty: DirtyPaths, arrivals: Arrivals, findings: Findings) {
    this.#engine = engine;
    this.#dirty = dirty;
    this.#arrivals = arrivals;
    this.#findings = findings;
  }

  /** True when nothing waits to be read, or is being read. */
  get isEmpty(): boolean {
    return this.#unread.length === 0 && !this.#isReading;
  }

  /** Takes a file that was found to differ from its base; one that has not rested for long enough is looked at again later. */
  add(path: RelativePath, observed: ObservedFile, base: BaseEntry | null, moment: number): void {
    const { changes, clock } = this.#engine;
    const now = clock.monotonic();
    if (changes.puts.get(path)?.stamp === observed.stamp) {
      this.#dirty.done(path, moment);
      return;
    }
    const wait = settleWait({
      size: observed.size,
      sizeBefore: base?.state.kind === 'file' ? base.state.size : 0,
      // A write sets both times to the same, everything else only one of them.
      isFinished: observed.mtime !== observed.ctime,
      restlessness: this.#restless.levelOf(path, now),
      rested: clock.wall() - Number(observed.ctime / 1_000_000n),
      waited: this.#dirty.waited(path, now),
    });
    if (wait > 0) {
      this.#dirty.settle(path, now + wait);
      return;
    }
    if (base === null && this.#arrivals.isFirstLook(path, observed)) {
      this.#dirty.wait(path, now + VANISHED_SETTLE_MS);
      return;
    }
    this.#unread.push({ path, observed, moment });
  }

  /** Reads all that was added. @returns other names of files that changed: events tell only the name that was used */
  async readAll(): Promise<readonly RelativePath[]> {
    const unread = this.#unread;
    this.#unread = [];
    this.#isReading = unread.length > 0;
    try {
      return await this.#read(unread);
    } finally {
      this.#isReading = false;
    }
  }

  /** Forgets what was added at a path and below it. */
  forget(path: RelativePath): void {
    this.#unread = this.#unread.filter((unread) => unread.path !== path && !isBelow(unread.path, path));
  }

  async #read(unread: readonly Unread[]): Promise<readonly RelativePath[]> {
    const twins: RelativePath[] = [];
    for (let first = 0; first < unread.length;) {
      let bytes = 0;
      let last = first;
      do bytes += (unread[last++] as Unread).observed.size;
      while (last < unread.length && bytes + (unread[last] as Unread).observed.size <= MOST_BYTES_AT_ONCE);
      const batch = unread.slice(first, last);
      const files = batch.map(({ path, observed: { stamp, size } }) => ({ path, stamp, size }));
      const began = this.#engine.clock.monotonic();
      const hashes = await hashFiles(this.#engine, files);
      const took = this.#engine.clock.monotonic() - began;
      for (const [index, file] of batch.entries())
        twins.push(...this.#wasRead(file, hashes[index] as ContentHash | 'changed' | DiskProblem, took));
      first = last;
    }
    return twins;
  }

  #wasRead({ path, observed, moment }: Unread, hash: ContentHash | 'changed' | DiskProblem, took: number): readonly RelativePath[] {
    const { state, clock, applying } = this.#engine;
    if (hash === 'changed') {
      this.#dirty.postpone(path, clock.monotonic(), took);
      return [];
    }
    this.#dirty.done(path, moment);
    this.#arrivals.forget(path);
    if (hash instanceof DiskProblem) {
      if (hash.code !== 'ENOENT') this.#findings.unreadable(path, hash);
      else this.#dirty.mark(path, clock.monotonic());
      return [];
    }
    if (applying.has(path)) {
      this.#dirty.wait(path, clock.monotonic() + BUSY_MS);
      return [];
    }
    const base = state.base.get(path);
    const entry = fileEntry(observed, hash, base);
    if (saysTheSame(base, entry)) {
      state.base.setStamp(path, observed.stamp, observed.inode);
      this.#findings.restored(path, base);
      return [];
    }
    this.#findings.changed(path, { entry, stamp: observed.stamp, inode: observed.inode });
    this.#restless.changed(path, clock.monotonic());
    const twins = state.base.findByInode(observed.inode).filter((twin) => twin.path !== path);
    if (base === null && twins.some(({ state: twin }) => twin.kind === 'file' && twin.hash === hash))
      this.#arrivals.add({ path, observed, entry });
    return twins.map((twin) => twin.path);
  }
}
