import type { ContentHash } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';

/** Contents of small files: those that came with events, and the rest from the server. Missing ones are left out. */
export async function fetchSmall(engine: Engine, hashes: ReadonlySet<ContentHash>): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
  const found = new Map<ContentHash, Uint8Array>();
  const wanted: ContentHash[] = [];
  for (const hash of hashes) {
    const bytes = engine.contents.get(hash);
    if (bytes === null) wanted.push(hash);
    else found.set(hash, bytes);
  }
  if (wanted.length > 0) for (const [hash, bytes] of await engine.server.downloadMany(wanted)) found.set(hash, bytes);
  return found;
}
