import { type ContentHash, parseContentHash } from '@syncpair/contracts';

/**
 * The folders of a store. A content that stands alone is `objects/ab/abcd…`, its whole hash as name, so that a folder moved elsewhere still
 * tells what it holds.
 */
export const FOLDERS = { objects: 'objects', packs: 'packs', temp: 'tmp', own: 'own', quarantine: 'quarantine' } as const;

export const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));

export const shardOf = (hash: ContentHash): string => hash.slice(0, 2);

/** The content that a file of a shard holds; null for a file that does not belong there. */
export function hashOfFile(shard: string, name: string): ContentHash | null {
  const hash = parseContentHash(name);
  return hash.ok && shardOf(hash.value) === shard ? hash.value : null;
}

const OBJECT_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Names of the service's own objects are fixed in its code; this keeps a mistake there from becoming a path. */
export function checkObjectName(name: string): string {
  if (!OBJECT_NAME.test(name)) throw new Error(`"${name}" is not a name for a store object`);
  return name;
}
