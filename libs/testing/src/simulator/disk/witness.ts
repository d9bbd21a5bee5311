import type { Node } from '../files/nodes.ts';

/** Sees each step of the engine on a disk at the moment it is taken, before it takes effect. */
export interface DiskWitness {
  /** An object gets a name that was free. */
  creating(path: string, made: Node): void;
  /** An object is replaced by another (null: removed). */
  replacing(path: string, old: Node, made: Node | null): void;
  /** An object gets another name. */
  renaming(from: string, to: string, node: Node): void;
  /** Executable bit and mtime of an object are set. */
  dressing(path: string, node: Node): void;
}
