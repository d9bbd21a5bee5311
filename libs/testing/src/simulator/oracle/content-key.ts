import type { VersionState } from '@syncpair/contracts';
import type { Node } from '../files/nodes.ts';
import { contentHash } from '../world/content-hash.ts';

/** Equal for what holds the same content, on a disk or on the server; executable bit and mtime are left out. */
export function contentKey(of: Node | VersionState): string {
  switch (of.kind) {
    case 'file':
      return 'bytes' in of ? contentHash(of.bytes) : of.hash;
    case 'link':
      return `link to ${of.target}`;
    case 'dir':
    case 'tombstone':
      return of.kind;
  }
}
