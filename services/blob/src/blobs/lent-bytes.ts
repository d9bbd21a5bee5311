import { freeBytes } from '@syncpair/contracts';

/** Sizes of memory are multiples of it. */
const STEP_BYTES = 64 * 1024;
/** Bytes that are kept for who reads next: what one answer holds at a time. */
const MOST_SPARE_BYTES = 8 * 1024 * 1024;
/** Milliseconds without a use after which they are freed. */
const REST_MS = 5_000;

/** Memory that nobody uses, by its size in steps. */
const spare = new Map<number, ArrayBuffer[]>();
let spareBytes = 0;
/** Who has it: the bytes that were lent of a memory. */
const lent = new WeakMap<ArrayBufferLike, number>();
const freeing = setTimeout(freeSpare, REST_MS).unref();

/**
 * Memory for a large content that passes, until `giveBack`; what is never given back is left to the collector. New memory would come from
 * the system page by page, each filled with zeros first: that takes longer than to read into it.
 */
export function lendBytes(length: number): Buffer {
  // Always longer than what is lent of it, so that it is never taken for somebody's own.
  const steps = Math.floor(length / STEP_BYTES) + 1;
  const memory = takeSpare(steps) ?? Buffer.allocUnsafeSlow(steps * STEP_BYTES).buffer;
  lent.set(memory, length);
  return Buffer.from(memory, 0, length);
}

/** Gives back bytes that no one uses any more: lent ones, or one's own. To be called once, and as `freeBytes` never while they are in use. */
export function giveBack(bytes: Uint8Array): void {
  const { buffer: memory, byteOffset, length } = bytes;
  if (!(memory instanceof ArrayBuffer) || byteOffset !== 0 || lent.get(memory) !== length) return freeBytes(bytes);
  lent.delete(memory);
  if (spareBytes + memory.byteLength > MOST_SPARE_BYTES) return freeBytes(new Uint8Array(memory));
  const steps = memory.byteLength / STEP_BYTES;
  spare.set(steps, [...(spare.get(steps) ?? []), memory]);
  spareBytes += memory.byteLength;
  freeing.refresh();
}

/** Of this size, or up to twice as large. */
function takeSpare(steps: number): ArrayBuffer | undefined {
  for (let size = steps; size <= 2 * steps; size += 1) {
    const memory = spare.get(size)?.pop();
    if (memory === undefined) continue;
    spareBytes -= memory.byteLength;
    return memory;
  }
  return undefined;
}

function freeSpare(): void {
  for (const memory of [...spare.values()].flat()) freeBytes(new Uint8Array(memory));
  spare.clear();
  spareBytes = 0;
}
