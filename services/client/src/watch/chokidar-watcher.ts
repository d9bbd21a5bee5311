import { type Stats, lstatSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { type RelativePath, isReservedName, parentOf, parseRelativePath } from '@syncpair/contracts';
import { type FSWatcher, watch } from 'chokidar';
import { Coverage } from './coverage.ts';
import { hintOf } from './hint-of.ts';
import { meansGone, watchFailure } from './watch-failure.ts';
import type { WatchOptions } from './watch-options.ts';
import type { WatchHint, Watcher } from './watcher.ts';

/**
 * One chokidar instance that knows folders only. Hints come from its `raw` events, before it does any work of its own; what is not a known
 * folder is `ignored` by its path alone, so that chokidar neither looks at files nor lists a folder because one of them changed.
 */
export class ChokidarWatcher implements Watcher {
  readonly #options: WatchOptions;
  /** What chokidar may look at: known folders, and names that have just become one or ceased to be one. */
  readonly #folders = new Set<RelativePath>();
  #onHint: (hint: WatchHint) => void = () => undefined;
  #coverage = new Coverage((hint) => this.#onHint(hint));
  #watcher: FSWatcher | undefined;
  #ready = false;
  #lastRead: RelativePath | null | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  async start(onHint: (hint: WatchHint) => void): Promise<void> {
    this.#onHint = onHint;
    const watcher = watch(this.#options.root, {
      ignored: (path, stats) => !this.#mayLookAt(path, stats),
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false,
    });
    this.#watcher = watcher;
    watcher.on('raw', (event, name, details) => this.#onRaw(event, name, (details as { watchedPath?: unknown }).watchedPath));
    watcher.on('addDir', (path) => this.#onNewFolder(path));
    watcher.on('unlinkDir', (path) => this.#onGone(path));
    watcher.on('error', (error) => this.#onError(error));
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
    this.#ready = true;
  }

  coverage(): number {
    return this.#coverage.ratio(this.#folders.size + 1 - this.#coverage.uncovered.size);
  }

  reason(): string | null {
    return this.#coverage.reason;
  }

  uncovered(): ReadonlySet<RelativePath | null> {
    return this.#coverage.uncovered;
  }

  async close(): Promise<void> {
    this.#onHint = () => undefined;
    await this.#watcher?.close();
  }

  /** Asked twice by chokidar, first without stats. */
  #mayLookAt(path: string, stats: Stats | undefined): boolean {
    const folder = this.#relative(path);
    if (folder === null) return true;
    if (folder === undefined) return false;
    if (stats === undefined) return this.#folders.has(folder);
    if (stats.isDirectory()) {
      if (isReservedName(folder) || this.#options.prunes(folder)) return false;
      this.#folders.add(folder);
      return true;
    }
    // Chokidar reads a folder after its watch is set, and only then: what is seen here may have come before that, without an event.
    if (this.#ready) this.#hintAtRead(parentOf(folder));
    return false;
  }

  #hintAtRead(folder: RelativePath | null): void {
    if (this.#lastRead === folder) return;
    this.#lastRead = folder;
    queueMicrotask(() => (this.#lastRead = undefined));
    this.#onHint({ kind: 'folder', folder });
  }

  #onRaw(event: string, name: unknown, watchedPath: unknown): void {
    const folder = this.#relative(typeof watchedPath === 'string' ? watchedPath : this.#options.root);
    if (folder === undefined) return;
    const hint = hintOf(folder, typeof name === 'string' ? name.split(sep).join('/') : null);
    if (hint === null) return;
    this.#onHint(hint);
    if (event === 'rename' && folder === null && !isFolder(this.#options.root)) this.#onGone(this.#options.root);
    if (event !== 'change' && hint.kind === 'path' && isFolder(join(this.#options.root, hint.path))) this.#folders.add(hint.path);
  }

  #onNewFolder(path: string): void {
    const folder = this.#relative(path);
    if (folder === undefined) return;
    this.#coverage.forget(folder);
    this.#onHint({ kind: 'folder', folder });
  }

  #onGone(path: string): void {
    const folder = this.#relative(path);
    if (folder === null) this.#coverage.lose(null, 'the folder itself is gone');
    // Chokidar tells of a removal late; the folder that was made in its place meanwhile is to be looked at.
    if (folder === null || folder === undefined || isFolder(path)) return;
    this.#folders.delete(folder);
    this.#coverage.forget(folder);
  }

  #onError(error: unknown): void {
    if (meansGone(error)) return;
    const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : this.#options.root;
    this.#coverage.lose(this.#relative(path) ?? null, watchFailure(error));
  }

  /** The path below the root, null for the root itself, undefined for anything else. */
  #relative(path: string): RelativePath | null | undefined {
    const below = relative(this.#options.root, path);
    if (below === '') return null;
    if (isAbsolute(below)) return undefined;
    const parsed = parseRelativePath(below.split(sep).join('/'));
    return parsed.ok ? parsed.value : undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A folder that cannot be looked at cannot be watched either; the scan reports why.
    return false;
  }
}
