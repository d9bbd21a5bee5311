import type { FileNode, Node } from '../files/nodes.ts';
import { type Place, type Tree, TreeError } from '../files/tree.ts';
import type { UserAct } from '../plan/plan.ts';
import type { VirtualTime } from '../world/virtual-time.ts';

/** Learns what somebody put where. */
export interface UserWitness {
  /** A content lies at a path because somebody put it there. */
  placed(path: string, node: Node): void;
}

/** Somebody who works in a folder. What an act needs and does not find, it makes; what does not fit what lies there is left undone. */
export class User {
  readonly #tree: Tree;
  readonly #time: VirtualTime;
  readonly #witness: UserWitness;

  constructor(tree: Tree, time: VirtualTime, witness: UserWitness) {
    this.#tree = tree;
    this.#time = time;
    this.#witness = witness;
  }

  /** @returns whether anything was done */
  perform(act: UserAct): boolean {
    try {
      return this.#perform(act);
    } catch (error) {
      if (error instanceof TreeError) return false;
      throw error;
    }
  }

  #perform(act: UserAct): boolean {
    const tree = this.#tree;
    switch (act.do) {
      case 'write':
        return this.#write(act.path, contentOf(act.text, act.size));
      case 'append': {
        const file = tree.at(act.path);
        return file?.kind === 'file' && this.#write(act.path, Buffer.concat([file.bytes, contentOf(act.text, 9)]));
      }
      case 'rewrite':
        return this.#rewrite(act);
      case 'save':
        return this.#save(act);
      case 'backup':
        return this.#backup(act);
      case 'delete':
        return this.#delete(act.path);
      case 'rename':
        return this.#rename(act.path, act.to);
      case 'copy':
        return this.#copy(act.path, act.to);
      case 'mkdir':
        return this.#makeFolders(act.path);
      case 'swap':
        return this.#swap(act);
      case 'chmod': {
        const file = tree.at(act.path);
        if (file?.kind !== 'file') return false;
        tree.setMetadata(tree.place(act.path), file, { mtime: null, executable: !file.executable });
        return true;
      }
      case 'touch': {
        const node = tree.at(act.path);
        if (node === null || node.kind === 'dir') return false;
        tree.setMetadata(tree.place(act.path), node, { mtime: BigInt(act.mtime) * 1_000_000n, executable: null });
        return true;
      }
      case 'close': {
        const folder = tree.at(act.path);
        if (folder?.kind !== 'dir' || !folder.readable) return false;
        const place = tree.place(act.path);
        tree.setReadable(place, folder, false);
        this.#time.after(act.ms, () => tree.setReadable(place, folder, true));
        return true;
      }
    }
  }

  #write(path: string, bytes: Uint8Array): boolean {
    const place = this.#placeFor(path);
    if (place === null) return false;
    const there = place.folder.children.get(place.name);
    if (there?.kind === 'dir' || there?.kind === 'link') return false;
    if (there === undefined) this.#put(path, place, this.#tree.newFile(bytes, null, false));
    else {
      this.#tree.write(place, there, bytes);
      this.#witness.placed(path, there);
    }
    return true;
  }

  #put(path: string, place: Place, node: Node): void {
    this.#tree.put(place, node);
    this.#witness.placed(path, node);
  }

  #rewrite({ path, text, size, pause }: Extract<UserAct, { do: 'rewrite' }>): boolean {
    const bytes = contentOf(text, size);
    if (!this.#write(path, new Uint8Array())) return false;
    const file = this.#tree.at(path) as FileNode;
    this.#write(path, bytes.slice(0, bytes.length >> 1));
    this.#time.after(pause, () => {
      const place = this.#whereIs(path, file);
      if (place === null) return;
      this.#tree.write(place, file, bytes);
      this.#witness.placed(path, file);
    });
    return true;
  }

  #save({ path, text, size, pause }: Extract<UserAct, { do: 'save' }>): boolean {
    const place = this.#placeFor(path);
    if (place === null || place.folder.children.get(place.name)?.kind === 'dir') return false;
    const aside = `${path}~${text}`;
    if (!this.#write(aside, contentOf(text, size))) return false;
    this.#time.after(pause, () => this.perform({ do: 'rename', path: aside, to: path }));
    return true;
  }

  #backup({ path, text, size, pause }: Extract<UserAct, { do: 'backup' }>): boolean {
    if (this.#tree.at(path)?.kind !== 'file') return false;
    const aside = `${path}~`;
    if (!this.#rename(path, aside)) return false;
    this.#time.after(pause, () => {
      this.perform({ do: 'write', path, text, size });
      this.#time.after(pause, () => this.perform({ do: 'delete', path: aside }));
    });
    return true;
  }

  #delete(path: string): boolean {
    const place = this.#tree.place(path);
    if (!place.folder.children.has(place.name)) return false;
    this.#tree.remove(place);
    return true;
  }

  /** As `mv -T`: over a file, or an empty folder with a folder; never into itself. */
  #rename(from: string, to: string): boolean {
    const source = this.#tree.place(from);
    const node = source.folder.children.get(source.name);
    if (node === undefined || to === from || to.startsWith(`${from}/`)) return false;
    const target = this.#placeFor(to);
    if (target === null) return false;
    const there = target.folder.children.get(target.name);
    if (there !== undefined && (there.kind === 'dir') !== (node.kind === 'dir')) return false;
    if (there?.kind === 'dir' && there.children.size > 0) return false;
    this.#tree.rename(source, target);
    this.#placedAll(to, node);
    return true;
  }

  #copy(from: string, to: string): boolean {
    const node = this.#tree.at(from);
    if (node?.kind !== 'file') return false;
    return this.#write(to, node.bytes.slice());
  }

  #swap({ path, kind, text }: Extract<UserAct, { do: 'swap' }>): boolean {
    const place = this.#placeFor(path);
    if (place === null || place.folder.children.get(place.name)?.kind === kind) return false;
    if (place.folder.children.has(place.name)) this.#tree.remove(place);
    const node =
      kind === 'dir'
        ? this.#tree.newFolder()
        : kind === 'link'
          ? this.#tree.newLink(`target/${text}`, null)
          : this.#tree.newFile(contentOf(text, 12), null, false);
    this.#put(path, place, node);
    return true;
  }

  #makeFolders(path: string): boolean {
    const place = this.#placeFor(path);
    if (place === null || place.folder.children.has(place.name)) return false;
    this.#put(path, place, this.#tree.newFolder());
    return true;
  }

  /** The place of a path, its folders made where they are missing; null where something else is in their way. */
  #placeFor(path: string): Place | null {
    const names = path.split('/');
    for (let depth = 1; depth < names.length; depth++) {
      const above = names.slice(0, depth).join('/');
      const place = this.#tree.place(above);
      const there = place.folder.children.get(place.name);
      if (there === undefined) this.#put(above, place, this.#tree.newFolder());
      else if (there.kind !== 'dir') return null;
    }
    return this.#tree.place(path);
  }

  #placedAll(path: string, node: Node): void {
    this.#witness.placed(path, node);
    if (node.kind === 'dir') for (const [name, child] of node.children) this.#placedAll(`${path}/${name}`, child);
  }

  /** Where a file that is held open lies by now, if it lies at the same path. */
  #whereIs(path: string, file: FileNode): Place | null {
    return this.#tree.at(path) === file ? this.#tree.place(path) : null;
  }
}

/** `size` bytes that no other text gives, but for the empty ones. */
function contentOf(text: string, size: number): Uint8Array {
  return Buffer.alloc(size, `${text}|${size}|`);
}
