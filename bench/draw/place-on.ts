import type { Scale } from './scale.ts';

/** Where a figure lies on a scale, 0 to 1; what is below or above it lies at its end. */
export function placeOn({ isLogarithmic, low, high }: Scale, value: number): number {
  const place = isLogarithmic ? (value <= low ? 0 : Math.log10(value / low) / Math.log10(high / low)) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, place));
}
