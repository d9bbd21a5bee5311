import type { Chunk, ContentHash } from '@syncpair/contracts';
import type { PlacedChunk } from './place-chunks.ts';

/** Where the next bytes of a content come from. */
export type AssemblyStep =
  /** It is already in what is put together, from byte `chunk.start` on. */
  | { readonly from: 'itself'; readonly chunk: PlacedChunk }
  /** Parts of a file here, one after the other. */
  | { readonly from: 'file'; readonly file: number; readonly chunks: readonly PlacedChunk[] }
  | { readonly from: 'server'; readonly chunk: Chunk };

export interface AssemblyPlace {
  /** Bytes that are put together already. */
  readonly end: number;
  /** The chunks in them. */
  readonly there: ReadonlyMap<ContentHash, PlacedChunk>;
  /** Which chunks each file here has, and where; the first that has one gives it. */
  readonly files: readonly ReadonlyMap<ContentHash, PlacedChunk>[];
  /** Bytes of one step at most, but for a single chunk. */
  readonly mostBytes: number;
}

/** How a content, or the next chunks of it, is put together from what is there, asking the server for as little as can be. */
export function planAssembly(chunks: readonly Chunk[], { end, there, files, mostBytes }: AssemblyPlace): AssemblyStep[] {
  const steps: AssemblyStep[] = [];
  const made = new Map<ContentHash, PlacedChunk>();
  let run: { file: number; chunks: PlacedChunk[]; bytes: number } | null = null;
  let start = end;
  for (const chunk of chunks) {
    const itself = there.get(chunk.hash) ?? made.get(chunk.hash);
    if (itself === undefined) made.set(chunk.hash, { ...chunk, start });
    start += chunk.size;
    const file = itself === undefined ? files.findIndex((one) => one.has(chunk.hash)) : -1;
    const inFile = files[file]?.get(chunk.hash);
    if (inFile === undefined) {
      run = null;
      steps.push(itself === undefined ? { from: 'server', chunk } : { from: 'itself', chunk: itself });
    } else if (run !== null && run.file === file && run.bytes + chunk.size <= mostBytes) {
      run.chunks.push(inFile);
      run.bytes += chunk.size;
    } else {
      run = { file, chunks: [inFile], bytes: chunk.size };
      steps.push({ from: 'file', file, chunks: run.chunks });
    }
  }
  return steps;
}
