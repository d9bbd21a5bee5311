import type { RelativePath } from '@syncpair/contracts';
import { type NameRules, unmapName } from '@syncpair/sync-core';
import type { WatchOptions } from './watch-options.ts';
import type { WatchHint, Watcher } from './watcher.ts';

/** A watcher of a folder whose names are mapped, as `MappedDisk` does it: its hints tell the names that travel. */
export class MappedWatcher implements Watcher {
  readonly #watcher: Watcher;
  readonly #rules: NameRules;

  /** `make` is given what to leave out, by the names in the folder. */
  constructor(options: WatchOptions, rules: NameRules, make: (options: WatchOptions) => Watcher) {
    this.#rules = rules;
    this.#watcher = make({ ...options, prunes: (folder) => options.prunes(this.#travelling(folder)) });
  }

  start(onHint: (hint: WatchHint) => void): Promise<void> {
    return this.#watcher.start((hint) => onHint(this.#hint(hint)));
  }

  coverage(): number {
    return this.#watcher.coverage();
  }

  reason(): string | null {
    return this.#watcher.reason();
  }

  uncovered(): ReadonlySet<RelativePath | null> {
    return new Set([...this.#watcher.uncovered()].map((folder) => (folder === null ? null : this.#travelling(folder))));
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }

  #hint(hint: WatchHint): WatchHint {
    switch (hint.kind) {
      case 'path':
        return { ...hint, path: this.#travelling(hint.path) };
      case 'folder':
        return hint.folder === null ? hint : { ...hint, folder: this.#travelling(hint.folder) };
      case 'lost':
        return hint;
    }
  }

  #travelling(path: RelativePath): RelativePath {
    return path
      .split('/')
      .map((name) => unmapName(name, this.#rules))
      .join('/') as RelativePath;
  }
}
