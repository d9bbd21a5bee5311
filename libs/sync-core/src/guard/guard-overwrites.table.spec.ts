import { expect, it } from 'vitest';
import type { HoldLimits } from './guard-deletions.ts';
import { guardOverwrites } from './guard-overwrites.ts';

const DEFAULT: HoldLimits = { files: 50, percent: 50 };
const TABLE: [name: string, known: number, changed: number, limits: HoldLimits, held: boolean][] = [
  ['all of fifty', 50, 50, DEFAULT, true],
  ['all of forty-nine', 49, 49, DEFAULT, false],
  ['all but one', 1000, 999, DEFAULT, false],
  ['all of many', 1000, 1000, DEFAULT, true],
  ['nothing', 1000, 0, DEFAULT, false],
  ['an empty folder', 0, 0, DEFAULT, false],
  ['switched off', 1000, 1000, 'off', false],
];

it.each(TABLE)('guardOverwrites: %s', (_name, known, changed, limits, held) => {
  expect(guardOverwrites({ known, changed }, limits) !== null).toBe(held);
});
