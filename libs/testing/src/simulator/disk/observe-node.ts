import type { Observed } from '../../../../../services/client/src/disk/observed.ts';
import { type Node, stampOf } from '../files/nodes.ts';

/** What an `lstat` tells of a node. */
export function observeNode(node: Node): Observed {
  const common = { stamp: stampOf(node), inode: node.inode };
  switch (node.kind) {
    case 'file':
      return { kind: 'file', ...common, size: node.bytes.length, mtime: node.mtime, ctime: node.ctime, executable: node.executable };
    case 'dir':
      return { kind: 'dir', ...common, otherFileSystem: false };
    case 'link':
      return { kind: 'link', ...common, target: node.target, mtime: node.mtime };
  }
}
