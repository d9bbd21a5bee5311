/** What can lie under a name on a simulated disk. */
export type Node = FileNode | FolderNode | LinkNode;

interface Common {
  readonly inode: bigint;
  /** Nanoseconds since 1970. */
  ctime: bigint;
}

export interface FileNode extends Common {
  readonly kind: 'file';
  /** Never changed in place: another content is another array. */
  bytes: Uint8Array;
  mtime: bigint;
  executable: boolean;
}

export interface FolderNode extends Common {
  readonly kind: 'dir';
  readonly children: Map<string, Node>;
  /** False: nobody may list or enter it. */
  readable: boolean;
}

export interface LinkNode extends Common {
  readonly kind: 'link';
  readonly target: string;
  mtime: bigint;
}

/** The stamp of `Observed`, as the real disk makes it. */
export function stampOf(node: Node): string {
  switch (node.kind) {
    case 'file':
      return `f.${node.bytes.length}.${node.mtime}.${node.ctime}.${node.inode}${node.executable ? '.x' : ''}`;
    case 'dir':
      return `d.${node.inode}`;
    case 'link':
      return `l.${node.mtime}.${node.ctime}.${node.inode}`;
  }
}
