import { type RelativePath, parentOf } from '@syncpair/contracts';
import { SETTLE_MS } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { DiskProblem, type KnownFolder, type Listing, type Unchanged } from '../disk/disk.ts';
import type { Observed } from '../disk/observed.ts';
import type { WatchHint } from '../watch/watcher.ts';
import { Absences } from './absences.ts';
import { Arrivals } from './arrivals.ts';
import { BUSY_MS, DirtyPaths } from './dirty-paths.ts';
import { Examiner, type Look } from './examiner.ts';
import { FileReads } from './file-reads.ts';
import { Findings } from './findings.ts';
import { type DueFolder, FolderQueue } from './folder-queue.ts';
import { NameRule } from './name-rule.ts';
import { Refusals } from './refusals.ts';
import { stirredFolders } from './stirred-folders.ts';
import { unseenProblem } from './unseen-problem.ts';

/** A scan waits while this many changes wait for the server, so that memory does not grow with the tree. */
const MOST_CHANGES = 4_000;
const MOST_DIRTY_AT_ONCE = 500;
/** Folders listed in one request to the disk. */
const MOST_FOLDERS_AT_ONCE = 64;
/** Known names in the folders of one request: the disk leaves out what comes after so many. */
const MOST_NAMES_AT_ONCE = 1_000;

/**
 * Finds out what changed on disk. Hints only say where to look; what counts is a complete listing or an `lstat`, compared with the base.
 * What is ignored, unreadable or on another file system is unknown: neither changed nor deleted.
 */
export class Scanner {
  readonly #engine: Engine;
  readonly #dirty = new DirtyPaths();
  readonly #folders = new FolderQueue();
  readonly #absences: Absences;
  readonly #arrivals: Arrivals;
  readonly #refusals: Refusals;
  readonly #names: NameRule;
  readonly #findings: Findings;
  readonly #reads: FileReads;
  readonly #examiner: Examiner;
  /** Whether every folder is or was to be listed, not only what hints tell of. */
  #isWhole = false;
  /** True once every folder was listed since the start, or since `scanAnew`. */
  complete = false;
  /** Why events were lost, until everything was looked at after that; null otherwise. */
  lost: string | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#absences = new Absences(engine, this.#dirty, this.#folders);
    this.#arrivals = new Arrivals(engine, this.#dirty, this.#absences);
    this.#refusals = new Refusals(engine);
    this.#names = new NameRule(engine, this.#dirty);
    this.#findings = new Findings(engine);
    this.#reads = new FileReads(engine, this.#dirty, this.#arrivals, this.#findings);
    this.#examiner = new Examiner(engine, {
      dirty: this.#dirty,
      folders: this.#folders,
      absences: this.#absences,
      arrivals: this.#arrivals,
      names: this.#names,
      reads: this.#reads,
      findings: this.#findings,
    });
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
    this.#isWhole = true;
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

  /** A moment, taken before the disk is looked at by somebody else; see `seen`. */
  get moment(): number {
    return this.#dirty.moment;
  }

  /** A path was looked at after this moment and is as the base says: what was told of it before leaves nothing to look at. */
  seen(path: RelativePath, moment: number): void {
    this.#dirty.done(path, moment);
    this.#absences.found(path);
    this.#arrivals.forget(path);
  }

  /** True while it is not known yet whether what the base says of a path is still so. */
  isLooking(path: RelativePath): boolean {
    return this.#dirty.has(path) || this.#folders.has(parentOf(path));
  }

  /** True when nothing waits to be looked at, or is being looked at. */
  get idle(): boolean {
    return this.#dirty.size === 0 && this.#folders.isEmpty && this.#reads.isEmpty;
  }

  /** True while something that appeared may still turn out to be what vanished elsewhere. */
  get isListing(): boolean {
    return !this.#folders.isEmpty || !this.#reads.isEmpty || this.#arrivals.isAwaiting;
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
    const folders = this.#isFull() ? [] : this.#folders.due(now, MOST_FOLDERS_AT_ONCE);
    try {
      if (folders.length > 0) await this.#list(folders);
    } finally {
      this.#folders.done(folders);
    }
    for (const twin of await this.#reads.readAll()) this.look(twin);
    for (const { path, observed } of await this.#arrivals.settle()) this.#examiner.newFolder(path, observed);
    if (this.#folders.isEmpty) this.lost = null;
    if (this.#folders.isEmpty && this.#isWhole && !this.complete) {
      this.complete = true;
      this.#engine.wake();
    }
    return paths.length > 0 || folders.length > 0;
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
    const fit = new Set<RelativePath | null>();
    for (const [index, path] of paths.entries()) {
      const observed = found[index] as Observed | null | DiskProblem;
      if (observed instanceof DiskProblem) {
        this.#dirty.done(path, moment);
        this.#findings.unreadable(path, observed);
      } else if (observed === null) {
        this.#dirty.done(path, moment);
        this.#arrivals.forget(path);
        this.#absences.vanished(path);
        this.#names.vanished(path);
      } else if (!fit.has(parentOf(path)) && this.#waitsForFolder(parentOf(path))) {
        this.#dirty.wait(path, clock.monotonic() + BUSY_MS);
      } else {
        fit.add(parentOf(path));
        this.#examiner.examine(path, observed, state.base.get(path), { deep: false, moment });
      }
    }
    this.#names.ended();
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

  async #list(due: readonly DueFolder[]): Promise<void> {
    const { disk, ignore, changes, clock } = this.#engine;
    const folders = due.filter(({ path }) => path === null || !(ignore.prunes(path) || changes.isMoving(path)));
    if (folders.length === 0) return;
    const moment = this.#dirty.moment;
    const listings = await disk.listChanged(this.#known(folders));
    // What the answer has left out comes first the next time.
    for (const { path, due: since, deep } of folders.slice(listings.length)) this.#folders.add(path, { due: since, deep });
    const stirred = stirredFolders(this.#engine, this.#absences);
    for (const [index, listing] of listings.entries()) {
      const { path, deep } = folders[index] as DueFolder;
      if (listing instanceof DiskProblem || !('unchanged' in listing)) this.#listed(path, listing, { deep, moment });
      else if (stirred?.has(path) === false) this.#unchanged(path, listing, deep);
      // Something began there meanwhile: each name counts.
      else this.#folders.add(path, { due: clock.monotonic(), deep });
    }
  }

  /** Folders with what is known of them, as many as one answer of the disk has room for. */
  #known(folders: readonly DueFolder[]): KnownFolder[] {
    const stirred = stirredFolders(this.#engine, this.#absences);
    const known: KnownFolder[] = [];
    let names = 0;
    for (const { path } of folders) {
      const contents = stirred?.has(path) === false ? this.#engine.state.base.contents(path) : null;
      known.push({ path, known: contents?.known ?? null });
      names += contents?.names ?? 0;
      if (names >= MOST_NAMES_AT_ONCE) break;
    }
    return known;
  }

  /** A folder holds what the base says and nothing else, and no path in it waits for a look. */
  #unchanged(folder: RelativePath | null, { folders, file }: Unchanged, deep: boolean): void {
    const { problems, clock, firstLook, ignore } = this.#engine;
    if (this.#waitsForFolder(folder)) {
      this.#folders.add(folder, { due: clock.monotonic() + BUSY_MS, deep });
      return;
    }
    problems.clear('scan', folder ?? '.');
    this.#refusals.listed(folder, []);
    this.#names.listed(folder, []);
    if (file !== null && !ignore.ignores(file, 'file')) firstLook.foundUnchanged = true;
    if (deep) for (const path of folders) this.#examiner.enter(path);
  }

  #listed(folder: RelativePath | null, listing: Listing | DiskProblem, { deep, moment }: Look): void {
    const { state, problems, clock } = this.#engine;
    if (listing instanceof DiskProblem) {
      if (listing.code === 'ENOENT' || listing.code === 'not_a_folder') this.#absences.notEntered(folder);
      else this.#findings.unreadable(folder ?? '.', listing);
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
    else this.#findings.unreadable(folder ?? '.', unseen);
    this.#refusals.listed(folder, listing.refused);
    this.#names.listed(folder, listing.entries);
    for (const { path, observed } of listing.entries) {
      const base = missing.get(path) ?? null;
      missing.delete(path);
      this.#examiner.examine(path, observed, base, { deep, moment });
    }
    this.#names.ended();
    this.#absences.listed(folder, missing);
    this.#refusals.gone([...missing.keys()]);
    if (folder !== null && listing.entries.length === 0 && listing.refused.length + listing.unseen.length === 0)
      this.#absences.emptied(folder);
  }

  /** Forgets hints about a subtree, which is to be looked at as a whole. */
  rescanMoved(to: RelativePath, isFolder: boolean): void {
    this.#reads.forget(to);
    this.look(to);
    if (isFolder) this.scanFolder(to, true);
  }
}
