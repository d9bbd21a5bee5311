import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestCost } from './request-cost.ts';

it('tells what every request takes from what bytes take, also where a few were held up', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 12, maxLength: 16 }).filter((all) => new Set(all).size > 8);
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 20 }), fc.nat(), (all, fixed, perByte, held) => {
      const requests = all.map((bytes, index) => ({ bytes, took: fixed + perByte * bytes + (index === held % all.length ? 5_000 : 0) }));
      const cost = requestCost(requests);
      expect(cost.fixed).toBeCloseTo(fixed, 6);
      expect(cost.perByte).toBeCloseTo(perByte, 6);
    }),
  );
});

it.each([
  [
    'of one size cost their bytes',
    [
      { bytes: 100, took: 50 },
      { bytes: 110, took: 55 },
    ],
    { fixed: 0, perByte: 0.5 },
  ],
  [
    'that take no longer with more bytes cost a fixed time',
    [
      { bytes: 100, took: 50 },
      { bytes: 400, took: 50 },
    ],
    { fixed: 50, perByte: 0 },
  ],
  [
    'that took less with more bytes do so, too',
    [
      { bytes: 100, took: 50 },
      { bytes: 400, took: 40 },
    ],
    { fixed: 50, perByte: 0 },
  ],
  ['that took no time cost nothing', [{ bytes: 100, took: 0 }], { fixed: 0, perByte: 0 }],
])('requests %s', (_what, requests, cost) => expect(requestCost(requests)).toEqual(cost));
