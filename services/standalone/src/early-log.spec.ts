import { expect, test } from 'vitest';
import { EarlyLog } from './early-log.ts';

test('what is told before the log is there comes first, and later lines go straight on', () => {
  const lines: string[] = [];
  const early = new EarlyLog();
  early.warn('one');
  early.info('two');
  early.handOnTo({ info: (message) => lines.push(`info ${message}`), warn: (message) => lines.push(`warn ${message}`) });
  early.warn('three');
  expect(lines).toEqual(['warn one', 'info two', 'warn three']);
});
