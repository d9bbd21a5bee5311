import { type BigIntStats, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type RelativePath, isReservedName, joinPath, parentOf, parseRelativePath } from '@syncpair/contracts';
import { countsFolders } from './counts-folders.ts';
import { Coverage } from './coverage.ts';
import { EventFlood } from './event-flood.ts';
import { FolderWatch, lookAtFolder } from './folder-watch.ts';
import { hintOf } from './hint-of.ts';
import { meansGone, watchFailure } from './watch-failure.ts';
import type { WatchOptions } from './watch-options.ts';
import type { WatchHint, Watcher } from './watcher.ts';

/** The thread is given up between folders after so many milliseconds. */
const SLICE = 10;
/** From so many names on one listing of their folder is cheaper than a look at each. */
const MANY_NAMES = 16;
/** Folders that could not be watched are tried again so often, in milliseconds. */
const RETRY = 30_000;

/** One for the thread, as the system's queue is. */
const flood = new EventFlood();

/** One `fs.watch` per folder, no state per file. */
export class NativeWatcher implements Watcher {
  readonly #options: WatchOptions;
  readonly #watches = new Map<RelativePath | null, FolderWatch>();
  /** The known folders in each folder. */
  readonly #children = new Map<RelativePath | null, Set<RelativePath>>();
  readonly #pending = new Set<RelativePath | null>();
  /** Names without a watch that events told of, by their folder. */
  readonly #appeared = new Map<RelativePath | null, Set<RelativePath>>();
  /** Watched folders in which folders may have appeared without an event. */
  readonly #unlisted = new Set<RelativePath | null>();
  #onHint: (hint: WatchHint) => void = () => undefined;
  #coverage = new Coverage((hint) => this.#onHint(hint));
  #device: bigint | undefined;
  #countsFolders = false;
  #working: Promise<void> | undefined;
  #stopListening: () => void = () => undefined;
  #retry: NodeJS.Timeout | undefined;
  #starting = true;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  async start(onHint: (hint: WatchHint) => void): Promise<void> {
    this.#onHint = (hint) => {
      if (!this.#closed) onHint(hint);
    };
    this.#stopListening = flood.listen((reason) => {
      this.#onHint({ kind: 'lost', reason });
      this.#listAgain();
    });
    this.#look(null);
    await this.#working;
    this.#starting = false;
  }

  coverage(): number {
    return this.#coverage.ratio(this.#watches.size);
  }

  reason(): string | null {
    return this.#coverage.reason;
  }

  uncovered(): ReadonlySet<RelativePath | null> {
    return this.#coverage.uncovered;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#retry);
    this.#pending.clear();
    this.#appeared.clear();
    this.#unlisted.clear();
    await this.#working;
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  /** Has a look soon at whether `folder` is one and whether it is watched. */
  #look(folder: RelativePath | null): void {
    if (this.#closed) return;
    this.#pending.add(folder);
    this.#working ??= this.#work();
  }

  /** Looks for folders whose events the system has dropped: nothing else would ever tell that they are not watched. */
  #listAgain(): void {
    for (const folder of this.#watches.keys()) {
      this.#unlisted.add(folder);
      this.#look(folder);
    }
  }

  async #work(): Promise<void> {
    await nextTurn();
    let began = performance.now();
    for (;;) {
      const [appeared] = this.#appeared;
      const [folder] = this.#pending;
      if (appeared !== undefined) {
        this.#appeared.delete(appeared[0]);
        this.#settleAppeared(...appeared);
      } else if (folder !== undefined) {
        this.#pending.delete(folder);
        this.#settle(folder);
      } else break;
      if (performance.now() - began < SLICE) continue;
      await nextTurn();
      began = performance.now();
    }
    this.#working = undefined;
    this.#scheduleRetry();
  }

  #settle(folder: RelativePath | null): void {
    try {
      const stats = lookAtFolder(this.#pathOf(folder));
      const known = this.#watches.get(folder);
      const isUnlisted = this.#unlisted.delete(folder);
      if (stats !== undefined && known?.watches(stats) === true) {
        if (isUnlisted) this.#lookAtChildren(folder);
        return;
      }
      if (stats === undefined || known !== undefined) this.#drop(folder);
      if (stats === undefined && folder === null) this.#coverage.lose(null, 'the folder itself is gone');
      if (stats === undefined || this.#isElsewhere(folder, stats)) return;
      if (folder !== null && this.#options.prunes(folder)) return;
      this.#watch(folder, stats);
      if (!this.#isWithoutFolders(folder)) this.#lookAtChildren(folder);
    } catch (error) {
      if (!meansGone(error)) this.#giveUp(folder, error);
    }
  }

  #watch(folder: RelativePath | null, stats: BigIntStats): void {
    try {
      const watch: FolderWatch = new FolderWatch(
        this.#pathOf(folder),
        stats,
        (type, name) => this.#onEvent(folder, watch, type, name),
        (error) => {
          if (!this.#closed && this.#watches.get(folder) === watch) this.#giveUp(folder, error);
        },
      );
      this.#watches.set(folder, watch);
      this.#remember(folder);
      this.#coverage.gain(folder);
      // What was put into it before it was watched has had no event.
      if (!this.#starting) this.#onHint({ kind: 'folder', folder });
    } catch (error) {
      if (meansGone(error)) throw error;
      this.#giveUp(folder, error);
    }
  }

  /** Told by one look, where a listing reads every name. Folders that come later have events, for the folder is watched by now. */
  #isWithoutFolders(folder: RelativePath | null): boolean {
    if (folder === null) this.#countsFolders = countsFolders(this.#options.root);
    return this.#countsFolders && lookAtFolder(this.#pathOf(folder))?.nlink === 2n;
  }

  #lookAtChildren(folder: RelativePath | null): void {
    for (const path of this.#foldersIn(folder)) this.#pending.add(path);
  }

  /** @throws system errors */
  *#foldersIn(folder: RelativePath | null): Generator<RelativePath> {
    for (const entry of readdirSync(this.#pathOf(folder), { withFileTypes: true })) {
      if (!entry.isDirectory() || (folder === null && isReservedName(entry.name))) continue;
      const path = parseRelativePath(joinPath(folder, entry.name));
      if (path.ok) yield path.value;
    }
  }

  #onEvent(folder: RelativePath | null, watch: FolderWatch, type: string, name: string | null): void {
    flood.note();
    if (this.#closed || this.#watches.get(folder) !== watch) return;
    const hint = hintOf(folder, name);
    if (hint === null) return;
    this.#onHint(hint);
    if (type !== 'rename') return;
    // The removal or move of the folder itself is told as an event about a child of its name.
    if (name === basename(this.#pathOf(folder))) {
      watch.stale = true;
      this.#look(folder);
    }
    if (hint.kind !== 'path') return;
    if (this.#watches.has(hint.path) || this.#coverage.uncovered.has(hint.path)) this.#look(hint.path);
    else this.#appears(folder, hint.path);
  }

  /** A name appeared in a folder or went; whether it is a folder's is found out soon. */
  #appears(folder: RelativePath | null, path: RelativePath): void {
    const names = this.#appeared.get(folder);
    if (names === undefined) this.#appeared.set(folder, new Set([path]));
    else names.add(path);
    this.#working ??= this.#work();
  }

  /** Where many names have appeared in a folder, one listing tells which of them are folders. */
  #settleAppeared(folder: RelativePath | null, names: ReadonlySet<RelativePath>): void {
    if (names.size < MANY_NAMES) for (const path of names) this.#settle(path);
    else this.#pendAmong(folder, names);
  }

  #pendAmong(folder: RelativePath | null, names: ReadonlySet<RelativePath>): void {
    try {
      for (const path of this.#foldersIn(folder)) if (names.has(path)) this.#pending.add(path);
    } catch (error) {
      // Gone with all in it, which its own folder tells; or one look at each name tells why.
      if (!meansGone(error)) for (const path of names) this.#pending.add(path);
    }
  }

  /** The folder stays known and is tried again later. */
  #giveUp(folder: RelativePath | null, error: unknown): void {
    this.#watches.get(folder)?.close();
    this.#watches.delete(folder);
    this.#remember(folder);
    this.#coverage.lose(folder, watchFailure(error));
    this.#scheduleRetry();
  }

  #remember(folder: RelativePath | null): void {
    if (folder === null) return;
    const parent = parentOf(folder);
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, new Set([folder]));
    else siblings.add(folder);
  }

  /** Forgets `folder` and all below: it is gone, or another one lies there. */
  #drop(folder: RelativePath | null): void {
    for (const child of this.#children.get(folder) ?? []) this.#drop(child);
    this.#children.delete(folder);
    if (folder !== null) this.#children.get(parentOf(folder))?.delete(folder);
    this.#watches.get(folder)?.close();
    this.#watches.delete(folder);
    this.#coverage.forget(folder);
  }

  /** What is mounted in the tree is not part of it. */
  #isElsewhere(folder: RelativePath | null, stats: BigIntStats): boolean {
    if (folder === null) this.#device = stats.dev;
    return stats.dev !== this.#device;
  }

  #pathOf(folder: RelativePath | null): string {
    return folder === null ? this.#options.root : join(this.#options.root, folder);
  }

  /** One folder is tried for all: where a limit is reached, the others fail too, and trying thousands costs more than it gives. */
  #scheduleRetry(): void {
    if (this.#closed || this.#coverage.uncovered.size === 0 || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#tryAgain();
    }, this.#options.retryMs ?? RETRY).unref();
  }

  async #tryAgain(): Promise<void> {
    const [first] = this.#coverage.uncovered;
    if (first === undefined) return;
    this.#look(first);
    await this.#working;
    if (this.#coverage.uncovered.has(first)) return;
    for (const folder of this.#coverage.uncovered) this.#look(folder);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
