/** What was measured, where that is not the size of the target; null where it is. */
export const sizeOf = (measured: number, target: number, unit: string): string | null =>
  measured === target ? null : `${measured.toLocaleString('en')} ${unit}`;
