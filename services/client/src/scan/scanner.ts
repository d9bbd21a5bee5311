import { type ContentHash, type RelativePath, isBelow, parentOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { fileEntry, isUntouched, linkEntry, saysTheSame } from '../diff/compare.ts';
import { DiskProblem } from '../disk/disk.ts';
import type { Observed, ObservedFile } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { WatchHint } from '../watch/watcher.ts';
import { Absences } from './absences.ts';
import { Arrivals } from './arrivals.ts';
import { BUSY_MS, DirtyPaths, SETTLE_MS, VANISHED_SETTLE_MS } from './dirty-paths.ts';
import { FolderQueue } from './folder-queue.ts';
import type { LocalPut } from './local-changes.ts';
import { NameRule } from './name-rule.ts';
import { Refusals } from './refusals.ts';
import { unseenProblem } from './unseen-problem.ts';

/** Milliseconds that a file which shrank to nothing or less than half must have been so: editors empty a file before they fill it. */
const SHRUNK_SETTLE_MS = 300;
/** A scan waits while this many changes wait for the server, so that memory does not grow with the tree. */
const MOST_CHANGES = 4_000;
const MOST_DIRTY_AT_ONCE = 500;
/** Bytes of files read in one request to the disk; larger files are read one at a time. */
const MOST_BYTES_AT_ONCE = 32 * 1024 * 1024;

interface Unread {
  readonly path: RelativePath;
  readonly observed: ObservedFile;
  /** Of the look that found it. */
  readonly moment: number;
}

interface Look {
  /** Whether all below is to be looked at, too. */
  readonly deep: boolean;
  /** Of `DirtyPaths`, from before the disk was asked. */
  readonly moment: number;
}

/**
 * Finds out what changed on disk. Hints only say where to look; what counts is a complete listing or an `lstat`, compared with the base.
 * What is ignored, unreadable or on another file system is unknown: neither changed nor deleted.
 */
export class Scanner {
  readonly #engine: Engine;
  readonly #dirty = new DirtyPaths();
  readonly #folders = new FolderQueue();
  #unread: Unread[] = [];
  readonly #absences: Absences;
  readonly #arrivals: Arrivals;
  readonly #refusals: Refusals;
  readonly #names: NameRule;
  /** True once every folder was listed since the start, or since `scanAnew`. */
  complete = false;
  /** Why events were lost, until everything was looked at after that; null otherwise. */
  lost: string | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#absences = new Absences(engine, this.#dirty, this.#folders);
    this.#arrivals = new Arrivals(engine, this.#dirty, this.#absences);
    this.#refusals = new Refusals(engine);
    this.#names = new NameRule(engine);
  }

  /** Takes a hint of the watcher. */
  hint(hint: WatchHint): void {
    const now = this.#engine.clock.monotonic();
    switch (hint.kind) {
      case 'path':
        if (!this.#isPruned(hint.path)) this.#dirty.mark(hint.path, now);
        return;
      case 'folder':
        this.#folders.add(hint.folder, { due: now + SETTLE_MS, deep: false });
        return;
      case 'lost':
        this.lost = hint.reason;
        this.#engine.log.warn(`file events were lost (${hint.reason}); the whole folder is scanned`);
        this.scanAll();
    }
  }

  /** Looks at everything. */
  scanAll(): void {
    this.#folders.add(null, { due: this.#engine.clock.monotonic(), deep: true });
  }

  /** Looks at everything as at the start: nothing is known well enough to be replaced before that. */
  scanAnew(): void {
    this.complete = false;
    this.scanAll();
  }

  /** Looks at a folder (null: the root), with all below it or not. */
  scanFolder(folder: RelativePath | null, deep: boolean): void {
    this.#folders.add(folder, { due: this.#engine.clock.monotonic(), deep });
  }

  /** Looks at one path. */
  look(path: RelativePath): void {
    this.#dirty.mark(path, this.#engine.clock.monotonic(), 0);
  }

  /** True while it is not known yet whether what the base says of a path is still so. */
  isLooking(path: RelativePath): boolean {
    return this.#dirty.has(path) || this.#folders.has(parentOf(path));
  }

  /** True when nothing waits to be looked at. */
  get idle(): boolean {
    return this.#dirty.size === 0 && this.#folders.size === 0 && this.#unread.length === 0;
  }

  /** True while something that appeared may still turn out to be what vanished elsewhere. */
  get isListing(): boolean {
    return this.#folders.size > 0 || this.#unread.length > 0;
  }

  nextDue(): number | null {
    const folders = this.#isFull() ? null : this.#folders.nextDue();
    const dirty = this.#dirty.nextDue();
    return folders === null || (dirty !== null && dirty < folders) ? dirty : folders;
  }

  /** One bounded piece of work. @returns true when there is more to do at once */
  async step(): Promise<boolean> {
    const now = this.#engine.clock.monotonic();
    const paths = this.#dirty.due(now, MOST_DIRTY_AT_ONCE);
    if (paths.length > 0) await this.#lookAt(paths);
    const folder = this.#isFull() ? undefined : this.#folders.next(now);
    if (folder !== undefined) await this.#list(folder.path, folder.deep);
    await this.#readUnread();
    for (const { path, observed } of await this.#arrivals.settle()) this.#newFolder(path, observed);
    if (this.#folders.size === 0) this.lost = null;
    if (this.#folders.size === 0 && !this.complete) {
      this.complete = true;
      this.#engine.wake();
    }
    return paths.length > 0 || folder !== undefined;
  }

  #isFull(): boolean {
    // Edits that wait until the first look is over must not be waited for.
    return this.#engine.changes.puts.size >= MOST_CHANGES && !this.#engine.firstLook.isAwaited;
  }

  #isPruned(path: RelativePath): boolean {
    for (let folder = parentOf(path); folder !== null; folder = parentOf(folder)) if (this.#engine.ignore.prunes(folder)) return true;
    return false;
  }

  async #lookAt(paths: readonly RelativePath[]): Promise<void> {
    const { disk, state, clock } = this.#engine;
    const moment = this.#dirty.moment;
    const found = await disk.stat(paths);
    for (const [index, path] of paths.entries()) {
      const observed = found[index] as Observed | null | DiskProblem;
      if (observed instanceof DiskProblem) {
        this.#dirty.done(path, moment);
        this.#unreadable(path, observed);
      } else if (observed === null) {
        this.#dirty.done(path, moment);
        this.#arrivals.forget(path);
        this.#absences.vanished(path);
      } else if (this.#waitsForFolder(parentOf(path))) {
        this.#dirty.wait(path, clock.monotonic() + BUSY_MS);
      } else {
        this.#examine(path, observed, state.base.get(path), { deep: false, moment });
      }
    }
  }

  /**
   * A folder is looked at before what is in it: only then a moved folder is known as one, and not as many moved files. True while a look at
   * it, or at one above it, has to come first.
   */
  #waitsForFolder(folder: RelativePath | null): boolean {
    const { state, changes, ignore } = this.#engine;
    if (folder === null || state.base.get(folder) !== null || changes.puts.has(folder) || ignore.ignores(folder, 'dir')) return false;
    if (!this.#waitsForFolder(parentOf(folder))) this.look(folder);
    return true;
  }

  async #list(folder: RelativePath | null, deep: boolean): Promise<void> {
    const { disk, state, problems, clock } = this.#engine;
    if (folder !== null && (this.#engine.ignore.prunes(folder) || this.#engine.changes.isMoving(folder))) return;
    const moment = this.#dirty.moment;
    const listing = await disk.list(folder);
    if (listing instanceof DiskProblem) {
      if (listing.code === 'ENOENT' || listing.code === 'not_a_folder') this.#absences.notEntered(folder);
      else this.#unreadable(folder ?? '.', listing);
      return;
    }
    if (this.#waitsForFolder(folder)) {
      this.#folders.add(folder, { due: clock.monotonic() + BUSY_MS, deep });
      return;
    }
    const missing = new Map(state.base.children(folder).map((base) => [base.path, base]));
    for (const { path } of listing.unseen) {
      missing.delete(path);
      this.#absences.found(path);
    }
    const unseen = unseenProblem(listing.unseen);
    if (unseen === null) problems.clear('scan', folder ?? '.');
    else this.#unreadable(folder ?? '.', unseen);
    this.#refusals.listed(folder, listing.refused);
    this.#names.listed(folder, listing.entries);
    for (const { path, observed } of listing.entries) {
      const base = missing.get(path) ?? null;
      missing.delete(path);
      this.#examine(path, observed, base, { deep, moment });
    }
    this.#names.ended();
    this.#absences.listed(folder, missing);
    this.#refusals.gone([...missing.keys()]);
    if (folder !== null && listing.entries.length === 0 && listing.refused.length + listing.unseen.length === 0)
      this.#absences.emptied(folder);
  }

  #isIgnored(path: RelativePath, kind: 'file' | 'dir' | 'link'): boolean {
    return this.#engine.ignore.ignores(path, kind);
  }

  #examine(path: RelativePath, observed: Observed, base: BaseEntry | null, { deep, moment }: Look): void {
    const { changes, state, problems, clock } = this.#engine;
    const now = clock.monotonic();
    this.#absences.found(path);
    if (observed.kind === 'special') {
      this.#dirty.done(path, moment);
      if (!this.#isIgnored(path, 'file'))
        problems.report('scan', path, 'special_file', `${observed.what}: only files, folders and links are synchronised`, now);
      return;
    }
    if (this.#engine.applying.has(path) || changes.isMoving(path)) {
      this.#dirty.wait(path, now + BUSY_MS);
      return;
    }
    if (this.#isIgnored(path, observed.kind)) {
      this.#dirty.done(path, moment);
      changes.forget(path);
      problems.clear('scan', path);
      // The entry itself is ignored, yet names below it may not be.
      if (observed.kind === 'dir' && !observed.otherFileSystem && (deep || base === null)) this.#enter(path, true);
      return;
    }
    if (this.#names.refuses(path, base === null)) {
      this.#dirty.done(path, moment);
      changes.forget(path);
      return;
    }
    if (isUntouched(base, observed)) {
      this.#dirty.done(path, moment);
      this.#restored(path);
      if (deep && observed.kind === 'dir') this.#enter(path, true);
      return;
    }
    if (observed.kind !== 'dir') this.#absences.noFolder(path, base);
    switch (observed.kind) {
      case 'dir':
        this.#dirty.done(path, moment);
        this.#examineFolder(path, observed, base);
        return;
      case 'link': {
        this.#dirty.done(path, moment);
        const entry = linkEntry(observed, base);
        if (saysTheSame(base, entry)) {
          state.base.setStamp(path, observed.stamp, observed.inode);
          this.#restored(path);
        } else this.#changed(path, { entry, stamp: observed.stamp, inode: observed.inode });
        return;
      }
      case 'file':
        this.#examineFile(path, observed, base, moment);
    }
  }

  /** Something lies there that the server does not know; a deletion that waits is none any more. */
  #changed(path: RelativePath, put: LocalPut): void {
    const { changes, state, problems } = this.#engine;
    problems.clear('scan', path);
    const held = state.holds.putStamp(path);
    if (held === put.stamp) return;
    if (held !== undefined) state.holds.releasePut(path);
    changes.put(path, put);
    if (state.holds.has(path)) state.holds.release(path);
  }

  /** The disk is as the base says (again): no change, no deletion that waits. */
  #restored(path: RelativePath): void {
    const { changes, problems, state } = this.#engine;
    if (changes.has(path)) changes.forget(path);
    // Whether a folder can be read again, only a listing of it tells.
    if (state.base.get(path)?.state.kind !== 'dir' || problems.get(path)?.code === 'other_file_system') problems.clear('scan', path);
    if (state.holds.has(path)) state.holds.release(path);
    if (state.holds.putStamp(path) !== undefined) state.holds.releasePut(path);
    if (state.base.get(path)?.state.kind === 'file') this.#engine.firstLook.foundUnchanged = true;
  }

  #enter(folder: RelativePath, deep: boolean): void {
    if (!this.#engine.ignore.prunes(folder)) this.#folders.add(folder, { due: this.#engine.clock.monotonic(), deep });
  }

  #examineFolder(path: RelativePath, observed: Observed & { kind: 'dir' }, base: BaseEntry | null): void {
    const { state, problems, clock } = this.#engine;
    if (observed.otherFileSystem) {
      problems.report(
        'scan',
        path,
        'other_file_system',
        'another file system is mounted here; what it holds is left alone',
        clock.monotonic(),
      );
      return;
    }
    if (base !== null && !base.held && (base.state.kind === 'dir' || base.state.kind === 'tombstone')) {
      state.base.setStamp(path, observed.stamp, observed.inode);
      this.#restored(path);
      this.#enter(path, true);
      return;
    }
    if (base === null && state.base.findByInode(observed.inode).length > 0) {
      this.#arrivals.add({ path, observed, entry: { kind: 'dir' } });
      return;
    }
    this.#newFolder(path, observed);
  }

  #newFolder(path: RelativePath, observed: Observed): void {
    this.#changed(path, { entry: { kind: 'dir' }, stamp: observed.stamp, inode: observed.inode });
    this.#enter(path, true);
  }

  #examineFile(path: RelativePath, observed: ObservedFile, base: BaseEntry | null, moment: number): void {
    const { changes, clock } = this.#engine;
    const now = clock.monotonic();
    if (changes.puts.get(path)?.stamp === observed.stamp) {
      this.#dirty.done(path, moment);
      return;
    }
    const age = clock.wall() - Number(observed.ctime / 1_000_000n);
    const known = base?.state.kind === 'file' ? base.state.size : 0;
    const needed = known > 0 && observed.size < known / 2 ? SHRUNK_SETTLE_MS : SETTLE_MS;
    // A ctime in the future says nothing about how long the file has rested: it is read at once and checked again after reading.
    if (age >= 0 && age < needed) {
      this.#dirty.wait(path, now + needed - age);
      return;
    }
    if (base === null && this.#arrivals.isFirstLook(path, observed)) {
      this.#dirty.wait(path, now + VANISHED_SETTLE_MS);
      return;
    }
    this.#unread.push({ path, observed, moment });
  }

  async #readUnread(): Promise<void> {
    const { disk } = this.#engine;
    const unread = this.#unread;
    this.#unread = [];
    for (let first = 0; first < unread.length;) {
      let bytes = 0;
      let last = first;
      do bytes += (unread[last++] as Unread).observed.size;
      while (last < unread.length && bytes + (unread[last] as Unread).observed.size <= MOST_BYTES_AT_ONCE);
      const batch = unread.slice(first, last);
      const hashes = await disk.hash(batch.map(({ path, observed }) => ({ path, stamp: observed.stamp })));
      for (const [index, file] of batch.entries()) this.#wasRead(file, hashes[index] as ContentHash | 'changed' | DiskProblem);
      first = last;
    }
  }

  #wasRead({ path, observed, moment }: Unread, hash: ContentHash | 'changed' | DiskProblem): void {
    const { state, clock } = this.#engine;
    if (hash === 'changed') {
      this.#dirty.postpone(path, clock.monotonic());
      return;
    }
    this.#dirty.done(path, moment);
    this.#arrivals.forget(path);
    if (hash instanceof DiskProblem) {
      if (hash.code !== 'ENOENT') this.#unreadable(path, hash);
      else this.#dirty.mark(path, clock.monotonic());
      return;
    }
    if (this.#engine.applying.has(path)) {
      this.#dirty.wait(path, clock.monotonic() + BUSY_MS);
      return;
    }
    const base = state.base.get(path);
    const entry = fileEntry(observed, hash, base);
    if (saysTheSame(base, entry)) {
      state.base.setStamp(path, observed.stamp, observed.inode);
      this.#restored(path);
      return;
    }
    this.#changed(path, { entry, stamp: observed.stamp, inode: observed.inode });
    const twins = state.base.findByInode(observed.inode).filter((twin) => twin.path !== path);
    if (base === null && twins.some(({ state: twin }) => twin.kind === 'file' && twin.hash === hash))
      this.#arrivals.add({ path, observed, entry });
    // Other names of the same file: events tell only the name that was used.
    for (const twin of twins) this.look(twin.path);
  }

  #unreadable(path: string, problem: DiskProblem): void {
    this.#engine.problems.report('scan', path, problem.code, problem.message, this.#engine.clock.monotonic());
  }

  /** Forgets hints about a subtree, which is to be looked at as a whole. */
  rescanMoved(to: RelativePath, isFolder: boolean): void {
    this.#unread = this.#unread.filter(({ path }) => path !== to && !isBelow(path, to));
    this.look(to);
    if (isFolder) this.scanFolder(to, true);
  }
}
