import { type RelativePath, joinPath, parentOf } from '@syncpair/contracts';
import { keepOpen } from './open-files.ts';
import type { FolderHandle } from './platform/platform.ts';
import { DiskFailure } from './problem.ts';

/** Deeper folders on a way are closed at once: a path has up to 2,047 of them, a process 1,024 descriptors. */
const KEPT_DEPTH = keepOpen(48);
/** Between two actions no more than this many stay open. */
const KEPT_OPEN = keepOpen(128);

/** The folders that one batch works in, each opened once, component by component from the root. */
export class FolderHandles {
  readonly root: FolderHandle;
  readonly #open = new Map<RelativePath, FolderHandle>();

  readonly #findMounts: (root: FolderHandle) => ReadonlySet<string>;
  #mounts: ReadonlySet<string> | undefined;

  /** Takes over `root` and closes it with the rest. `findMounts` is asked once, when it is first of interest. */
  constructor(root: FolderHandle, findMounts: (root: FolderHandle) => ReadonlySet<string>) {
    this.root = root;
    this.#findMounts = findMounts;
  }

  /** True when a folder on `device` at `path` is not part of the tree: something is mounted there. @throws system errors */
  isElsewhere(path: RelativePath, device: bigint): boolean {
    this.#mounts ??= this.#findMounts(this.root);
    return device !== this.root.device || this.#mounts.has(path);
  }

  /** The folder that holds `path`. @throws system errors, {DiskFailure} */
  parent(path: RelativePath): FolderHandle {
    return this.folder(parentOf(path));
  }

  /** @throws system errors, {DiskFailure} */
  folder(path: RelativePath | null): FolderHandle {
    if (path === null) return this.root;
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    return this.#walk(path);
  }

  /** What lay at `path` and below was moved or removed; it is opened anew when it is asked for. */
  forget(path: RelativePath): void {
    for (const [folder, handle] of this.#open) {
      if (folder !== path && !folder.startsWith(`${path}/`)) continue;
      handle.close();
      this.#open.delete(folder);
    }
  }

  /** Closes the folders that were opened first when there are too many. No handle that was given out may be used after that. */
  trim(): void {
    for (const [folder, handle] of this.#open) {
      if (this.#open.size <= KEPT_OPEN) return;
      handle.close();
      this.#open.delete(folder);
    }
  }

  close(): void {
    for (const handle of this.#open.values()) handle.close();
    this.#open.clear();
    this.root.close();
  }

  #walk(path: RelativePath): FolderHandle {
    let start = parentOf(path);
    while (start !== null && !this.#open.has(start)) start = parentOf(start);
    let handle = start === null ? this.root : (this.#open.get(start) as FolderHandle);
    const names = path.slice(start === null ? 0 : start.length + 1).split('/');
    let depth = start === null ? 0 : start.split('/').length;
    let at = start;
    let passing = false;
    for (const name of names) {
      let child: FolderHandle;
      try {
        child = handle.openChild(name);
      } finally {
        if (passing) handle.close();
      }
      at = joinPath(at, name);
      if (this.isElsewhere(at, child.device)) {
        child.close();
        throw new DiskFailure('other_file_system', `another file system is mounted at ${at}`);
      }
      handle = child;
      depth += 1;
      passing = depth > KEPT_DEPTH && at !== path;
      if (!passing) this.#open.set(at, handle);
    }
    return handle;
  }
}
