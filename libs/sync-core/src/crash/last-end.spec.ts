import { expect, test } from 'vitest';
import { lastEnd } from './last-end.ts';

test.each([
  ['no note: it ended as it should', null, 'boot 1', 'clean'],
  ['no note on a platform that has no ids of boots', null, null, 'clean'],
  ['the machine was up all the time', 'boot 1', 'boot 1', 'killed'],
  ['the machine went down', 'boot 1', 'boot 2', 'cut'],
  ['nobody knows: the careful answer', 'unknown', null, 'cut'],
] as const)('%s', (_, running, boot, expected) => {
  expect(lastEnd(running, boot)).toBe(expected);
});
