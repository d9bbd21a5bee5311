import { type RootIdentity, RootLostError } from './disk.ts';
import { FolderHandles } from './folder-handles.ts';
import type { Platform } from './platform/platform.ts';
import { codeOf } from './problem.ts';

export interface KnownRoot {
  readonly device: bigint;
  readonly inode: bigint;
}

/** The folder of a directory; each batch opens it anew, so that it can be unmounted meanwhile, and proves that it is still the same one. */
export class Root {
  readonly path: string;
  readonly platform: Platform;
  #identity: KnownRoot | undefined;

  /** Without `identity`, what the first call finds is the root from then on. */
  constructor(path: string, platform: Platform, identity?: KnownRoot) {
    this.path = path;
    this.platform = platform;
    this.#identity = identity;
  }

  /** Finds out now which folder the root is, if it is there and not known yet. */
  takeIdentity(): KnownRoot | undefined {
    try {
      this.open().close();
    } catch (error) {
      if (!(error instanceof RootLostError)) throw error;
    }
    return this.#identity;
  }

  /** @throws {RootLostError} */
  identify(): RootIdentity {
    return this.use(({ root }) => ({ device: String(root.device), inode: String(root.inode) }));
  }

  /** Runs `work` with the folders of one batch, and closes them. @throws {RootLostError} */
  use<T>(work: (folders: FolderHandles) => T): T {
    const folders = this.open();
    try {
      return work(folders);
    } finally {
      folders.close();
    }
  }

  /** The caller closes what it gets. @throws {RootLostError} */
  open(): FolderHandles {
    const handle = this.#open();
    this.#identity ??= { device: handle.device, inode: handle.inode };
    if (handle.device === this.#identity.device && handle.inode === this.#identity.inode)
      return new FolderHandles(handle, (root) => this.platform.mountsBelow(root));
    handle.close();
    throw new RootLostError(`${this.path} is not the folder that it was: another one was put or mounted in its place`);
  }

  #open() {
    try {
      return this.platform.openRoot(this.path);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      const why =
        code === 'ENOENT'
          ? 'is not there'
          : code === 'ENOTDIR' || code === 'not_a_folder'
            ? 'is not a folder'
            : `cannot be opened (${code})`;
      throw new RootLostError(`the folder ${this.path} ${why}`);
    }
  }
}
