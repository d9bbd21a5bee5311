import { CHUNKED_BYTES, type ContentHash } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { ChunkedContent, DiskProblem, ExpectedFile } from '../disk/disk.ts';

/** A file, and the bytes that it had when its stamp was taken. */
export interface SizedFile extends ExpectedFile {
  readonly size: number;
}

/** Bytes from which it pays to send a file while it is read, which takes some 50 ms then. */
const SENT_WHILE_READ_BYTES = 16 * 1024 * 1024;

/** The SHA-256 of files, as `Disk.hash` tells it. How the large ones are cut comes from the same reading, and is kept. */
export async function hashFiles(engine: Engine, files: readonly SizedFile[]): Promise<(ContentHash | 'changed' | DiskProblem)[]> {
  const { disk, state } = engine;
  const [large, small] = [files.filter(isLarge), files.filter((file) => !isLarge(file))];
  const answers = new Map<SizedFile, ContentHash | 'changed' | DiskProblem>();
  if (small.length > 0) {
    const hashes = await disk.hash(small);
    small.forEach((file, index) => answers.set(file, hashes[index] ?? 'changed'));
  }
  for (const file of large) {
    const read = file.size < SENT_WHILE_READ_BYTES ? await disk.chunk(file) : await readAndSend(engine, file);
    if (isChunked(read)) state.transaction(() => state.manifests.put(read));
    answers.set(file, isChunked(read) ? read.hash : read);
  }
  return files.map((file) => answers.get(file) ?? 'changed');
}

/** Reads a file, and lets those who send hear of its chunks as they are found. */
async function readAndSend({ disk, uploads, wake }: Engine, file: SizedFile): Promise<ChunkedContent | 'changed' | DiskProblem> {
  const reading = uploads.read(file);
  wake();
  let hash: ContentHash | null = null;
  try {
    const read = await disk.chunk(file, (chunks) => reading.found(chunks));
    if (isChunked(read)) hash = read.hash;
    return read;
  } finally {
    uploads.wasRead(reading, hash);
  }
}

const isLarge = ({ size }: SizedFile): boolean => size >= CHUNKED_BYTES;
const isChunked = (read: ChunkedContent | 'changed' | DiskProblem): read is ChunkedContent =>
  typeof read === 'object' && 'manifest' in read;
