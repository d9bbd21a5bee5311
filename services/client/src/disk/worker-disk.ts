import type { Chunk, ContentHash, RelativePath } from '@syncpair/contracts';
import { chunkInSteps } from './chunk-in-steps.ts';
import type { Disk, DiskAction, ExpectedFile, ExpectedObject, FilePart, KnownFolder } from './disk.ts';
import { openRead } from './open-read.ts';
import { choosePlatform } from './platform/platform.ts';
import { Root } from './root.ts';
import { stagePart } from './staged-part.ts';
import { packBytes } from './worker-messages.ts';
import { WorkerThread } from './worker-thread.ts';

/** `LocalDisk` with its batches on a thread of their own, so that hashing and flushing hold up nothing else. Streams stay on this one. */
export class WorkerDisk implements Disk {
  readonly #root: Root;
  readonly #thread: WorkerThread;
  #readings = 0;

  /** `root` is absolute; links in it are followed. What lies there now, or else at the first call, is the root from then on. */
  constructor(root: string) {
    this.#root = new Root(root, choosePlatform());
    this.#root.takeIdentity();
    this.#thread = new WorkerThread(() => ({ root, identity: this.#root.takeIdentity() }));
  }

  identify = () => this.#thread.ask('identify', []);
  list = (folders: readonly (RelativePath | null)[]) => this.#thread.ask('list', [folders]);
  listChanged = (folders: readonly KnownFolder[]) => this.#thread.ask('listChanged', [folders]);
  stat = (paths: readonly RelativePath[]) => this.#thread.ask('stat', [paths]);
  differ = (expected: readonly ExpectedObject[]) => this.#thread.ask('differ', [expected]);
  hash = (files: readonly ExpectedFile[]) => this.#thread.ask('hash', [files]);
  chunk = (file: ExpectedFile, onChunks: (chunks: readonly Chunk[]) => void = () => undefined) =>
    chunkInSteps((this.#readings += 1), (step) => this.#thread.ask('chunk', [file, step]), onChunks);
  read = (files: readonly ExpectedFile[]) => this.#thread.ask('read', [files]);
  readParts = (file: ExpectedFile, parts: readonly FilePart[]) => this.#thread.ask('readParts', [file, parts]);
  openRead = async (path: RelativePath, start: number) => openRead(this.#root, path, start);
  stage = async (key: ContentHash, size: number) => stagePart(this.#root, key, size);
  clean = () => this.#thread.ask('clean', []);
  close = () => this.#thread.close();

  apply = (actions: readonly DiskAction[]) => {
    const packed = packBytes(actions);
    return this.#thread.ask('apply', [packed.actions], [packed.buffer]);
  };
}
