import { type Chunk, type ContentHash, CHUNKED_BYTES } from '@syncpair/contracts';
import { type PlacedChunk, placeChunks } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import type { BaseEntry } from '../state/base-store.ts';
import { readChunks } from './read-chunks.ts';
import type { TransferParts } from './transfer-parts.ts';

/** Chunks that are looked for in other files: those of some 5 GiB. More of them would hold up everything else. */
const MOST_LOOKED_FOR = 20_000;

/** A file here that has chunks of a content. */
export interface ChunkSource {
  readonly file: ExpectedFile;
  readonly chunks: ReadonlyMap<ContentHash, PlacedChunk>;
}

/** Files here, as the base knows them, that have chunks which are wanted: first what lies at the path, then others, the latest first. */
export async function findChunkSources(parts: TransferParts, wanted: readonly Chunk[], atPath: BaseEntry | null): Promise<ChunkSource[]> {
  const { state } = parts;
  const missing = new Set(wanted.map(({ hash }) => hash));
  const sources: ChunkSource[] = [];
  const take = (file: ExpectedFile, chunks: readonly Chunk[]): void => {
    const useful = new Map([...placeChunks(chunks)].filter(([hash]) => missing.delete(hash)));
    if (useful.size > 0) sources.push({ file, chunks: useful });
  };
  const near = atPath === null ? null : largeFileOf(atPath);
  if (near !== null) take(near.file, (await readChunks(parts, near.file, near.hash)) ?? []);
  const asked = new Set([near?.hash]);
  for (const hash of [...missing].slice(0, MOST_LOOKED_FOR)) {
    if (!missing.has(hash)) continue;
    for (const holder of state.manifests.holders({ hash })) {
      if (asked.has(holder)) continue;
      asked.add(holder);
      const found = state.base.findLarge(holder).flatMap((entry) => largeFileOf(entry) ?? [])[0];
      if (found !== undefined) take(found.file, state.manifests.chunks(holder) ?? []);
    }
  }
  return sources;
}

function largeFileOf({ path, stamp, state }: BaseEntry): { readonly file: ExpectedFile; readonly hash: ContentHash } | null {
  if (stamp === null || state.kind !== 'file' || state.size < CHUNKED_BYTES) return null;
  return { file: { path, stamp }, hash: state.hash };
}
