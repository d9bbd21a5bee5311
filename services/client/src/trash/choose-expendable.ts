import type { TrashItem } from './trash-item.ts';

export interface TrashBounds {
  /** Milliseconds. */
  readonly age: number;
  /** Of all that lies in one trash. */
  readonly bytes: number;
}

/** 30 days and 1 GiB. */
export const TRASH_BOUNDS: TrashBounds = { age: 30 * 24 * 3_600_000, bytes: 1024 ** 3 };

/**
 * What may go, if the server has it: what is older than the bound, and of the rest the oldest until it fits. `items` come newest first; `now`
 * is in milliseconds since 1970.
 */
export function chooseExpendable(items: readonly TrashItem[], bounds: TrashBounds, now: number): TrashItem[] {
  let bytes = 0;
  return items.filter(({ size, since }) => {
    bytes += size;
    return bytes > bounds.bytes || now - Date.parse(since) > bounds.age;
  });
}
