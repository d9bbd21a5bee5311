import type { Chunk, ContentHash, RelativePath } from '@syncpair/contracts';
import { type NameRules, mapName, unmapName, whyNotHeld } from '@syncpair/sync-core';
import { escapeText } from '../log/escape.ts';
import {
  type Disk,
  type DiskAction,
  DiskProblem,
  type DiskResult,
  type ExpectedFile,
  type ExpectedObject,
  type FilePart,
  type KnownFolder,
  type Listing,
} from './disk.ts';

/**
 * A disk whose folder cannot hold every name, with those mapped that it cannot: who uses it sees the names that travel. What lies in the
 * folder under a name that is nobody's mapped name is refused.
 */
export class MappedDisk implements Disk {
  readonly #disk: Disk;
  readonly #rules: NameRules;

  constructor(disk: Disk, rules: NameRules) {
    this.#disk = disk;
    this.#rules = rules;
  }

  identify = () => this.#disk.identify();
  clean = () => this.#disk.clean();
  close = () => this.#disk.close();
  stage = (key: ContentHash, size: number) => this.#disk.stage(key, size);
  stat = (paths: readonly RelativePath[]) => this.#disk.stat(paths.map((path) => this.#inFolder(path)));
  differ = (expected: readonly ExpectedObject[]) => this.#disk.differ(expected.map((one) => this.#expected(one)));
  hash = (files: readonly ExpectedFile[]) => this.#disk.hash(files.map((file) => this.#expected(file)));
  chunk = (file: ExpectedFile, onChunks?: (chunks: readonly Chunk[]) => void) => this.#disk.chunk(this.#expected(file), onChunks);
  read = (files: readonly ExpectedFile[]) => this.#disk.read(files.map((file) => this.#expected(file)));
  readParts = (file: ExpectedFile, parts: readonly FilePart[]) => this.#disk.readParts(this.#expected(file), parts);
  openRead = (path: RelativePath, start: number) => this.#disk.openRead(this.#inFolder(path), start);

  async list(folders: readonly (RelativePath | null)[]): Promise<(Listing | DiskProblem)[]> {
    const listings = await this.#disk.list(folders.map((folder) => (folder === null ? null : this.#inFolder(folder))));
    return listings.map((listing) => (listing instanceof DiskProblem ? listing : this.#unmapped(listing)));
  }

  /** What is known has the names that travel, not those in the folder: each folder is told as if nothing were known. */
  listChanged = (folders: readonly KnownFolder[]) => this.list(folders.map(({ path }) => path));

  async apply(actions: readonly DiskAction[]): Promise<DiskResult[]> {
    const results = await this.#disk.apply(actions.map((action) => this.#action(action)));
    return results.map((result) =>
      result.status === 'done' && result.rescued !== undefined ? { ...result, rescued: this.#travelling(result.rescued) } : result,
    );
  }

  #unmapped(listing: Listing): Listing {
    const refused = [...listing.refused];
    const entries = listing.entries.flatMap((entry) => {
      const path = this.#travelling(entry.path);
      if (this.#inFolder(path) === entry.path && path.split('/').every((name) => this.#isHeld(name))) return [{ ...entry, path }];
      refused.push({
        name: escapeText(lastName(entry.path)),
        reason: `the folder follows the rules of ${this.#rules}, which have no such name`,
      });
      return [];
    });
    return { entries, refused, unseen: listing.unseen.map((one) => ({ ...one, path: this.#travelling(one.path) })) };
  }

  #action(action: DiskAction): DiskAction {
    if (action.op === 'rename') return { ...action, from: this.#inFolder(action.from), to: this.#inFolder(action.to) };
    const path = this.#inFolder(action.path);
    if (action.op !== 'file' || !('copyOf' in action.content)) return { ...action, path };
    return { ...action, path, content: { ...action.content, copyOf: this.#expected(action.content.copyOf) } };
  }

  #expected(file: ExpectedFile): ExpectedFile {
    return { ...file, path: this.#inFolder(file.path) };
  }

  /** What cannot be mapped keeps its name: nothing lies there. */
  #inFolder(path: RelativePath): RelativePath {
    return eachName(path, (name) => mapName(name, this.#rules) ?? name);
  }

  #travelling(path: RelativePath): RelativePath {
    return eachName(path, (name) => unmapName(name, this.#rules));
  }

  #isHeld(name: string): boolean {
    const mapped = mapName(name, this.#rules);
    return mapped !== null && whyNotHeld(mapped, this.#rules) === null;
  }
}

const eachName = (path: RelativePath, change: (name: string) => string): RelativePath =>
  path.split('/').map(change).join('/') as RelativePath;

const lastName = (path: RelativePath): string => path.slice(path.lastIndexOf('/') + 1);
