import { MAX_FRAME_BYTES, type RelativePath } from '@syncpair/contracts';
import type { LocalPut } from './local-changes.ts';

/** Entries that differ from the base, by path. Which of them are large files is known without looking at all: they travel one by one. */
export class LocalPuts extends Map<RelativePath, LocalPut> {
  readonly #large = new Set<RelativePath>();

  /** The paths of files that do not travel with others. */
  get large(): ReadonlySet<RelativePath> {
    return this.#large;
  }

  override set(path: RelativePath, put: LocalPut): this {
    if (put.entry.kind === 'file' && put.entry.size > MAX_FRAME_BYTES) this.#large.add(path);
    else this.#large.delete(path);
    return super.set(path, put);
  }

  override delete(path: RelativePath): boolean {
    this.#large.delete(path);
    return super.delete(path);
  }

  override clear(): void {
    this.#large.clear();
    super.clear();
  }
}
