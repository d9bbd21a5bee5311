import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeOn } from './place-on.ts';
import { scaleFor } from './scale.ts';

test.each([
  [[7.3], [0, 2, 4, 6, 8]],
  [
    [1, 9.9],
    [0, 2.5, 5, 7.5, 10],
  ],
  [
    [0.8, 0.3],
    [0, 0.25, 0.5, 0.75, 1],
  ],
  [
    [20, 737, 9576],
    [10, 100, 1_000, 10_000],
  ],
  [
    [0.002, 11.4],
    [0.001, 0.01, 0.1, 1, 10, 100],
  ],
  [
    [10, 1_000],
    [1, 10, 100, 1_000],
  ],
  [
    [0, 0],
    [0, 1],
  ],
  [[], [0, 1]],
])('figures %j have marks at %j', (values, ticks) => {
  expect(scaleFor(values).ticks).toEqual(ticks);
});

test('a figure lies where its share of the scale is', () => {
  expect(placeOn(scaleFor([6]), 3)).toBe(0.5);
  expect(placeOn(scaleFor([1, 10_000]), 1)).toBeCloseTo(0.2);
  expect(placeOn(scaleFor([1, 10_000]), 0)).toBe(0);
});

test('every figure has a place, and a larger one is no further to the left', () => {
  const figure = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(figure, { minLength: 1, maxLength: 12 }), (values) => {
      const scale = scaleFor(values);
      const places = values.toSorted((a, b) => a - b).map((value) => placeOn(scale, value));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places[0]).toBeGreaterThan(0);
      expect(places.at(-1)).toBeLessThanOrEqual(1);
      expect(scale.high).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-9));
      expect(scale.ticks.length).toBeLessThan(20);
    }),
  );
});
