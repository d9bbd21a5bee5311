import { DiskProblem, type DiskAction, type DiskResult, type Expected } from '../../../../../services/client/src/disk/disk.ts';
import { type FileNode, type Node, stampOf } from '../files/nodes.ts';
import { type Place, type Tree, TreeError } from '../files/tree.ts';
import { observeNode } from './observe-node.ts';
import type { DiskWitness } from './witness.ts';

const CHANGED: DiskResult = { status: 'changed' };
const GONE: DiskResult = { status: 'done', observed: null };

type Made = FileNode | Extract<Node, { kind: 'link' }>;

/** The actions of `Disk.apply` on a tree, each in one instant; as `services/client/src/disk/apply` does them on a real disk. */
export class DiskActions {
  readonly #tree: Tree;
  readonly #witness: DiskWitness;

  constructor(tree: Tree, witness: DiskWitness) {
    this.#tree = tree;
    this.#witness = witness;
  }

  /** `made` is what a `file` or `link` action puts in place. */
  carryOut(action: DiskAction, made: Made | null): DiskResult {
    try {
      switch (action.op) {
        case 'file':
        case 'link':
          return this.#put(action.path, action.expected, made as Made);
        case 'dir':
          return this.#makeFolder(action.path, action.expected);
        case 'metadata':
          return this.#setMetadata(action);
        case 'remove':
          return this.#remove(action.path, action.expected);
        case 'rename':
          return this.#rename(action);
        default:
          return action satisfies never;
      }
    } catch (error) {
      if (error instanceof TreeError) return { status: 'problem', problem: new DiskProblem(error.code, `simulated: ${error.code}`) };
      throw error;
    }
  }

  /** Null when something else lies there than expected. @throws {TreeError} */
  #find(path: string, expected: Expected): { place: Place; current: Node | undefined } | null {
    let place: Place;
    try {
      place = this.#tree.place(path);
    } catch (error) {
      if (expected !== 'absent' && error instanceof TreeError && error.code !== 'EACCES') return null;
      throw error;
    }
    const current = place.folder.children.get(place.name);
    return isExpected(expected, current) ? { place, current } : null;
  }

  #put(path: string, expected: Expected, made: Made): DiskResult {
    const found = this.#find(path, expected);
    if (found === null) return CHANGED;
    const { place, current } = found;
    if (current?.kind === 'dir') {
      if (current.children.size > 0) return { status: 'not_empty' };
      this.#witness.replacing(path, current, null);
      this.#tree.remove(place);
    } else if (current !== undefined) this.#witness.replacing(path, current, made);
    if (current === undefined || current.kind === 'dir') this.#witness.creating(path, made);
    made.ctime = this.#tree.time;
    this.#tree.put(place, made);
    return done(made);
  }

  #makeFolder(path: string, expected: Expected): DiskResult {
    const found = this.#find(path, expected);
    if (found === null) {
      const { folder, name } = this.#tree.place(path);
      const there = folder.children.get(name);
      return there?.kind === 'dir' ? done(there) : CHANGED;
    }
    const { place, current } = found;
    if (current?.kind === 'dir') return done(current);
    const folder = this.#tree.newFolder();
    if (current === undefined) this.#witness.creating(path, folder);
    else this.#witness.replacing(path, current, folder);
    this.#tree.put(place, folder);
    return done(folder);
  }

  #setMetadata({ path, expected, mtime, executable }: Extract<DiskAction, { op: 'metadata' }>): DiskResult {
    const found = this.#find(path, expected);
    if (found?.current === undefined) return CHANGED;
    const { place, current } = found;
    if (current.kind === 'dir') return done(current);
    this.#witness.dressing(path, current);
    this.#tree.setMetadata(place, current, { mtime, executable });
    return done(current);
  }

  #remove(path: string, expected: Expected): DiskResult {
    const found = this.#find(path, expected);
    if (found === null) return CHANGED;
    const { place, current } = found;
    if (current === undefined) return GONE;
    if (current.kind === 'dir' && current.children.size > 0) return { status: 'not_empty' };
    this.#witness.replacing(path, current, null);
    this.#tree.remove(place);
    return GONE;
  }

  #rename({ from, to, expected }: Extract<DiskAction, { op: 'rename' }>): DiskResult {
    const found = this.#find(from, expected);
    if (found?.current === undefined || expected === 'absent' || stampOf(found.current) !== expected.stamp) return CHANGED;
    const target = this.#tree.place(to);
    const taken = target.folder.children.get(target.name);
    if (taken !== undefined && taken !== found.current) return CHANGED;
    if (to.startsWith(`${from}/`)) throw new TreeError('EINVAL');
    this.#witness.renaming(from, to, found.current);
    this.#tree.rename(found.place, target);
    return done(found.current);
  }
}

const done = (node: Node): DiskResult => ({ status: 'done', observed: observeNode(node) });

/** One folder is as good as another: removal takes only empty ones. */
function isExpected(expected: Expected, current: Node | undefined): boolean {
  if (expected === 'absent') return current === undefined;
  if (current === undefined) return false;
  return current.kind === 'dir' ? expected.stamp.startsWith('d.') : expected.stamp === stampOf(current);
}
