import { createHash } from 'node:crypto';
import { CHUNKED_BYTES, type Chunk, type ContentHash, type FileEntry, ManifestError, decodeManifest } from '@syncpair/contracts';
import { type StagedFile, StagingError } from '../disk/disk.ts';
import type { BaseEntry } from '../state/base-store.ts';
import { ServerError } from '../server/server-error.ts';
import { Assembly } from './assembly.ts';
import { findChunkSources } from './chunk-sources.ts';
import { ContentError } from './content-error.ts';
import type { TransferParts } from './transfer-parts.ts';

/**
 * Downloads a large content into the staging area, where `apply` finds it under its hash. What an interrupted download left is continued,
 * and what files here have of it is taken from them: first from `atPath`, what the base has where the content will lie.
 *
 * @throws {ContentError} when the server lacks it, or the bytes do not have the hash; these are thrown away
 * @throws {StagingError} when it cannot be written; nothing of it stays
 * @throws {ServerError} when the connection fails; what arrived stays for the next try
 */
export async function downloadLarge(parts: TransferParts, { hash, size }: FileEntry, atPath: BaseEntry | null): Promise<void> {
  const isStreamed = size < CHUNKED_BYTES || parts.stalled.isStalled(hash);
  const manifest = isStreamed ? null : await parts.server.readManifest(hash);
  const chunks = manifest === null ? null : chunksOf(manifest, size);
  const staged = await parts.disk.stage(hash, size);
  const digest = createHash('sha256');
  try {
    if (chunks === null) await downloadWhole(parts, hash, staged, (bytes) => digest.update(bytes));
    else await downloadChunks(parts, new Assembly(parts, staged, (bytes) => digest.update(bytes)), { hash, chunks, atPath });
    if (digest.digest('hex') !== hash) throw new ContentError('the bytes that arrived do not have the SHA-256 of the version', true);
  } catch (error) {
    // What could not be written to the end must not fill the disk for all others.
    if (error instanceof StagingError || (error instanceof ContentError && error.isDamaged)) await staged.discard();
    else await staged.finish();
    throw error;
  }
  await staged.finish();
  const { state, stalled } = parts;
  stalled.ended(hash);
  if (chunks !== null && manifest !== null) state.transaction(() => state.manifests.put({ hash, manifest }));
}

/** Null for a manifest that is not understood: the whole is there all the same. */
function chunksOf(manifest: Uint8Array, size: number): readonly Chunk[] | null {
  try {
    return decodeManifest(manifest, size);
  } catch (error) {
    if (error instanceof ManifestError) return null;
    throw error;
  }
}

async function downloadChunks(
  parts: TransferParts,
  assembly: Assembly,
  content: { readonly hash: ContentHash; readonly chunks: readonly Chunk[]; readonly atPath: BaseEntry | null },
): Promise<void> {
  const missing = await assembly.takeUp(content.chunks);
  const sources = await findChunkSources(parts, missing, content.atPath);
  try {
    await assembly.add(missing, sources);
  } catch (error) {
    if (error instanceof ServerError) parts.stalled.cut(content.hash, assembly.fetched > 0);
    throw error;
  }
}

async function downloadWhole(
  parts: TransferParts,
  hash: ContentHash,
  staged: StagedFile,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  for await (const bytes of staged.readExisting()) onBytes(bytes);
  const bytes = await parts.server.downloadOne(hash, staged.size);
  if (bytes === null) throw new ContentError('the server does not have the content', false);
  for await (const chunk of bytes) {
    onBytes(chunk);
    await staged.write(chunk);
  }
}
