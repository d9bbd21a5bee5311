import { expect, test } from 'vitest';
import { cutPoints } from './cut-points.ts';

test('cuts lie within the transfer, in order, and are those of the seed', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const points = cutPoints(seed, 20, 1_000_000);
    expect(points).toEqual(points.toSorted((a, b) => a - b));
    expect(Math.min(...points)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...points)).toBeLessThanOrEqual(980_000);
    expect(cutPoints(seed, 20, 1_000_000)).toEqual(points);
  }
  expect(cutPoints(1, 20, 1_000_000)).not.toEqual(cutPoints(2, 20, 1_000_000));
});
