import type { Chunk, ContentHash, RelativePath } from '@syncpair/contracts';
import { chunkInSteps } from './chunk-in-steps.ts';
import type { Disk, DiskAction, ExpectedFile, ExpectedObject, FilePart, KnownFolder } from './disk.ts';
import { DiskCore } from './disk-core.ts';
import { openRead } from './open-read.ts';
import { type Platform, choosePlatform } from './platform/platform.ts';
import { Root } from './root.ts';
import { stagePart } from './staged-part.ts';

/** The directory's folder on this machine's disk. Batches run on the calling thread; `WorkerDisk` runs them on another. */
export class LocalDisk implements Disk {
  readonly #root: Root;
  readonly #core: DiskCore;
  #readings = 0;

  /** `root` is absolute; links in it are followed. What lies there now, or else at the first call, is the root from then on. */
  constructor(root: string, platform: Platform = choosePlatform()) {
    this.#root = new Root(root, platform);
    this.#root.takeIdentity();
    this.#core = new DiskCore(this.#root);
  }

  identify = async () => this.#core.identify();
  list = async (folders: readonly (RelativePath | null)[]) => this.#core.list(folders);
  listChanged = async (folders: readonly KnownFolder[]) => this.#core.listChanged(folders);
  stat = async (paths: readonly RelativePath[]) => this.#core.stat(paths);
  differ = async (expected: readonly ExpectedObject[]) => this.#core.differ(expected);
  hash = async (files: readonly ExpectedFile[]) => this.#core.hash(files);
  chunk = (file: ExpectedFile, onChunks: (chunks: readonly Chunk[]) => void = () => undefined) =>
    chunkInSteps((this.#readings += 1), async (step) => this.#core.chunk(file, step), onChunks);
  read = async (files: readonly ExpectedFile[]) => this.#core.read(files);
  readParts = async (file: ExpectedFile, parts: readonly FilePart[]) => this.#core.readParts(file, parts);
  openRead = async (path: RelativePath, start: number) => openRead(this.#root, path, start);
  stage = async (key: ContentHash, size: number) => stagePart(this.#root, key, size);
  apply = async (actions: readonly DiskAction[]) => this.#core.apply(actions);
  clean = async () => this.#core.clean();
  close = async () => undefined;
}
