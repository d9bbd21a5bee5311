import { type Chunk, type ContentHash, CHUNKED_BYTES } from '@syncpair/contracts';
import { type PlacedChunk, placeChunks } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import type { BaseEntry } from '../state/base-store.ts';
import { readChunks } from './read-chunks.ts';
import type { TransferParts } from './transfer-parts.ts';

/** Chunks in the manifests of other files that are looked through: those of some 30 GiB. More of them would hold up everything else. */
const MOST_LOOKED_AT = 120_000;

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
  let looked = 0;
  for (const hash of state.manifests.hashes()) {
    if (missing.size === 0 || looked > MOST_LOOKED_AT) break;
    const found = state.base.findLarge(hash).flatMap((entry) => largeFileOf(entry) ?? [])[0];
    if (found === undefined || hash === near?.hash) continue;
    const chunks = state.manifests.chunks(hash) ?? [];
    looked += chunks.length;
    take(found.file, chunks);
  }
  return sources;
}

function largeFileOf({ path, stamp, state }: BaseEntry): { readonly file: ExpectedFile; readonly hash: ContentHash } | null {
  if (stamp === null || state.kind !== 'file' || state.size < CHUNKED_BYTES) return null;
  return { file: { path, stamp }, hash: state.hash };
}
