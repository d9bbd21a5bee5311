import type { FileNode, FolderNode, LinkNode, Node } from './nodes.ts';

/** Why a name cannot be reached, as the system says it. */
export class TreeError extends Error {
  override readonly name = 'TreeError';
  readonly code: 'ENOENT' | 'not_a_folder' | 'EACCES' | 'EINVAL';

  constructor(code: TreeError['code']) {
    super(code);
    this.code = code;
  }
}

/** A name in a folder. */
export interface Place {
  readonly folder: FolderNode;
  readonly name: string;
}

/** Somebody put, changed or took away what has this name. */
export type OnChange = (place: Place, what: 'name' | 'content') => void;

const TICK_MS = 4;
const NS_PER_MS = 1_000_000n;

/**
 * The folders and files of one simulated disk, with what of them a power cut would undo. Times come in ticks of 4 ms, as on ext4, and inode
 * numbers are given away again, the lowest first.
 */
export class Tree {
  readonly root: FolderNode;
  readonly #wall: () => number;
  readonly #free: bigint[] = [];
  readonly #listeners = new Set<OnChange>();
  #nextInode = 2n;
  /** What has to be done to go back to what is certainly on the platter; the latest last. */
  #undo: (() => void)[] = [];
  /** Files whose bytes are not on the platter yet, with those that are. */
  readonly #unsynced = new Map<FileNode, Uint8Array>();

  /** `wall` tells milliseconds since 1970. */
  constructor(wall: () => number) {
    this.#wall = wall;
    this.root = this.newFolder();
  }

  onChange(listener: OnChange): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nanoseconds since 1970, in ticks. */
  get time(): bigint {
    return BigInt(Math.floor(this.#wall() / TICK_MS) * TICK_MS) * NS_PER_MS;
  }

  /** The folder at a path; null is the root. @throws {TreeError} */
  folder(path: string | null): FolderNode {
    let folder = this.root;
    for (const name of path === null ? [] : path.split('/')) {
      if (!folder.readable) throw new TreeError('EACCES');
      const child = folder.children.get(name);
      if (child === undefined) throw new TreeError('ENOENT');
      if (child.kind !== 'dir') throw new TreeError('not_a_folder');
      folder = child;
    }
    if (!folder.readable) throw new TreeError('EACCES');
    return folder;
  }

  /** @throws {TreeError} when there is no folder that could hold it */
  place(path: string): Place {
    const slash = path.lastIndexOf('/');
    return { folder: this.folder(slash < 0 ? null : path.slice(0, slash)), name: path.slice(slash + 1) };
  }

  /** What lies at a path; null where nothing does. */
  at(path: string): Node | null {
    try {
      const { folder, name } = this.place(path);
      return folder.children.get(name) ?? null;
    } catch (error) {
      if (error instanceof TreeError) return null;
      throw error;
    }
  }

  newFile(bytes: Uint8Array, mtime: bigint | null, executable: boolean): FileNode {
    const time = this.time;
    const file: FileNode = { kind: 'file', inode: this.#inode(), bytes, mtime: mtime ?? time, ctime: time, executable };
    this.#unsynced.set(file, new Uint8Array());
    return file;
  }

  newFolder(): FolderNode {
    return { kind: 'dir', inode: this.#inode(), ctime: this.time, children: new Map(), readable: true };
  }

  newLink(target: string, mtime: bigint | null): LinkNode {
    const time = this.time;
    return { kind: 'link', inode: this.#inode(), target, mtime: mtime ?? time, ctime: time };
  }

  /** Puts a node under a name, in place of what lies there. */
  put(place: Place, node: Node): void {
    const { folder, name } = place;
    const before = folder.children.get(name);
    folder.children.set(name, node);
    this.#undo.push(() => (before === undefined ? folder.children.delete(name) : folder.children.set(name, before)));
    if (before !== undefined) this.#freeAll(before);
    this.#tell(place, 'name');
  }

  remove(place: Place): void {
    const { folder, name } = place;
    const before = folder.children.get(name);
    if (before === undefined) return;
    folder.children.delete(name);
    this.#undo.push(() => folder.children.set(name, before));
    this.#freeAll(before);
    this.#tell(place, 'name');
  }

  rename(from: Place, to: Place): void {
    const node = from.folder.children.get(from.name);
    if (node === undefined || (from.folder === to.folder && from.name === to.name)) return;
    const replaced = to.folder.children.get(to.name);
    const { ctime } = node;
    from.folder.children.delete(from.name);
    to.folder.children.set(to.name, node);
    node.ctime = this.time;
    this.#undo.push(() => {
      node.ctime = ctime;
      if (replaced === undefined) to.folder.children.delete(to.name);
      else to.folder.children.set(to.name, replaced);
      from.folder.children.set(from.name, node);
    });
    if (replaced !== undefined) this.#freeAll(replaced);
    this.#tell(from, 'name');
    this.#tell(to, 'name');
  }

  /** Another content in the same file. */
  write(place: Place, file: FileNode, bytes: Uint8Array, mtime: bigint | null = null): void {
    const before = { bytes: file.bytes, mtime: file.mtime, ctime: file.ctime };
    if (!this.#unsynced.has(file)) this.#unsynced.set(file, file.bytes);
    file.bytes = bytes;
    file.ctime = this.time;
    file.mtime = mtime ?? file.ctime;
    this.#undo.push(() => Object.assign(file, before));
    this.#tell(place, 'content');
  }

  /** Another content through a descriptor: whoever holds one needs no name. */
  writeOpen(file: FileNode, bytes: Uint8Array): void {
    if (!this.#unsynced.has(file)) this.#unsynced.set(file, file.bytes);
    file.bytes = bytes;
    file.ctime = this.time;
    file.mtime = file.ctime;
  }

  setMetadata(place: Place, node: FileNode | LinkNode, { mtime, executable }: { mtime: bigint | null; executable: boolean | null }): void {
    const before = { mtime: node.mtime, ctime: node.ctime, ...(node.kind === 'file' ? { executable: node.executable } : {}) };
    if (mtime !== null) node.mtime = mtime;
    if (executable !== null && node.kind === 'file') node.executable = executable;
    node.ctime = this.time;
    this.#undo.push(() => Object.assign(node, before));
    this.#tell(place, 'content');
  }

  setReadable(place: Place, folder: FolderNode, readable: boolean): void {
    folder.readable = readable;
    this.#tell(place, 'content');
  }

  /** A file that never got a name is gone. */
  discard(file: FileNode): void {
    this.#unsynced.delete(file);
    this.#freeAll(file);
  }

  /** The bytes of a file are on the platter. */
  synced(file: FileNode): void {
    this.#unsynced.delete(file);
  }

  /** Everything is on the platter, as after a `sync`. */
  allSynced(): void {
    this.#unsynced.clear();
    this.#undo = [];
  }

  /** All names are on the platter, as after an fsync of a folder. */
  flushed(): void {
    this.#undo = [];
  }

  /**
   * The power fails: the latest changes of names are undone from the end up to a point that `chance` (0 up to 1) chooses, and bytes that
   * were not on the platter are kept, lost, or cut.
   */
  powerCut(chance: () => number): void {
    const keep = Math.floor(chance() * (this.#undo.length + 1));
    while (this.#undo.length > keep) this.#undo.pop()?.();
    for (const [file, old] of this.#unsynced) {
      const fate = chance();
      if (fate < 0.4) continue;
      file.bytes = fate < 0.6 ? old : file.bytes.subarray(0, fate < 0.8 ? 0 : Math.floor(file.bytes.length * chance()));
    }
    this.allSynced();
    this.#free.length = 0;
  }

  #inode(): bigint {
    const [first] = this.#free;
    if (first === undefined) return this.#nextInode++;
    this.#free.shift();
    return first;
  }

  #freeAll(node: Node): void {
    this.#free.push(node.inode);
    this.#free.sort((a, b) => (a < b ? -1 : 1));
    if (node.kind === 'dir') for (const child of node.children.values()) this.#freeAll(child);
  }

  #tell(place: Place, what: 'name' | 'content'): void {
    for (const listener of this.#listeners) listener(place, what);
  }
}
