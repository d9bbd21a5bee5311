import type { ContentHash } from '@syncpair/contracts';
import type { StagedFile } from '../../../../../services/client/src/disk/disk.ts';
import type { FileNode } from '../files/nodes.ts';
import type { Tree } from '../files/tree.ts';

/**
 * Contents that wait for their names. As on a real disk a staged file is the very file that gets the name: who still has it open writes
 * into what lies there by then.
 */
export class StagingArea {
  readonly #tree: Tree;
  readonly #parts = new Map<ContentHash, FileNode>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** Opens the part of a content, or begins one. `pause` is awaited at each step. */
  open(key: ContentHash, pause: () => Promise<void>): StagedFile {
    const tree = this.#tree;
    let file = this.#parts.get(key);
    if (file === undefined) this.#parts.set(key, (file = tree.newFile(new Uint8Array(), null, false)));
    const opened = file;
    let end = opened.bytes.length;
    const there = opened.bytes;
    return {
      size: there.length,
      readExisting: async function* () {
        await pause();
        if (there.length > 0) yield there;
      },
      read: async ({ start, size }) => {
        await pause();
        return opened.bytes.slice(start, start + size);
      },
      cutTo: async (size) => {
        await pause();
        end = size;
        tree.writeOpen(opened, opened.bytes.slice(0, size));
      },
      write: async (chunk) => {
        await pause();
        const bytes = new Uint8Array(Math.max(opened.bytes.length, end + chunk.length));
        bytes.set(opened.bytes);
        bytes.set(chunk, end);
        end += chunk.length;
        tree.writeOpen(opened, bytes);
      },
      finish: async () => {
        await pause();
        tree.synced(opened);
      },
      discard: async () => {
        await pause();
        if (this.#parts.get(key) !== opened) return;
        this.#parts.delete(key);
        tree.discard(opened);
      },
    };
  }

  /** Takes a part out to be named; null when there is none. */
  take(key: ContentHash, last: boolean): FileNode | null {
    const file = this.#parts.get(key);
    if (file === undefined) return null;
    if (!last) return this.#tree.newFile(file.bytes, null, false);
    this.#parts.delete(key);
    return file;
  }

  /** It was not named after all. */
  giveBack(key: ContentHash, file: FileNode): void {
    if (!this.#parts.has(key)) this.#parts.set(key, file);
  }
}
