import { type Chunk, encodeManifest } from '@syncpair/contracts';
import type { ReadingStep, StepRead } from './chunk-readings.ts';
import type { ChunkedContent, DiskProblem } from './disk.ts';

/** `Disk.chunk` of one file by its steps, each of which is asked for once the one before it was answered. */
export async function chunkInSteps(
  reading: number,
  take: (step: ReadingStep) => Promise<StepRead | 'changed' | DiskProblem>,
  onChunks: (chunks: readonly Chunk[]) => void,
): Promise<ChunkedContent | 'changed' | DiskProblem> {
  const chunks: Chunk[] = [];
  for (let start = 0; ;) {
    const read = await take({ reading, start });
    if (read === 'changed' || !('chunks' in read)) return read;
    chunks.push(...read.chunks);
    onChunks(read.chunks);
    if (read.hash !== null) return { hash: read.hash, manifest: encodeManifest(chunks) };
    start = read.end;
  }
}
