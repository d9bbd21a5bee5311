import type { Chunk, ContentHash, RelativePath } from '@syncpair/contracts';
import type { TransferParts } from './transfer-parts.ts';

/** The content that the server has at a path by now, and its chunks; null where that is `hash` itself, or nothing that has known chunks. */
export function keptOf(
  { state }: TransferParts,
  path: RelativePath,
  hash: ContentHash | null,
): { readonly hash: ContentHash; readonly chunks: readonly Chunk[] } | null {
  const base = state.base.get(path)?.state;
  if (base?.kind !== 'file' || base.hash === hash) return null;
  const chunks = state.manifests.chunks(base.hash);
  return chunks === null ? null : { hash: base.hash, chunks };
}
