import { CHUNKED_BYTES, type ContentHash } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { ChunkedContent, DiskProblem, ExpectedFile } from '../disk/disk.ts';

/** A file, and the bytes that it had when its stamp was taken. */
export interface SizedFile extends ExpectedFile {
  readonly size: number;
}

/** The SHA-256 of files, as `Disk.hash` tells it. How the large ones are cut comes from the same reading, and is kept. */
export async function hashFiles({ disk, state }: Engine, files: readonly SizedFile[]): Promise<(ContentHash | 'changed' | DiskProblem)[]> {
  const [large, small] = [files.filter(isLarge), files.filter((file) => !isLarge(file))];
  const answers = new Map<SizedFile, ContentHash | 'changed' | DiskProblem>();
  if (small.length > 0) {
    const hashes = await disk.hash(small);
    small.forEach((file, index) => answers.set(file, hashes[index] ?? 'changed'));
  }
  for (const file of large) {
    const [read = 'changed'] = await disk.chunk([file]);
    if (isChunked(read)) state.transaction(() => state.manifests.put(read));
    answers.set(file, isChunked(read) ? read.hash : read);
  }
  return files.map((file) => answers.get(file) ?? 'changed');
}

const isLarge = ({ size }: SizedFile): boolean => size >= CHUNKED_BYTES;
const isChunked = (read: ChunkedContent | 'changed' | DiskProblem): read is ChunkedContent =>
  typeof read === 'object' && 'manifest' in read;
