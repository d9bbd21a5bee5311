import { expect, test } from 'vitest';
import { parseVersionId } from './version-id.ts';

test.each(['0.0', '1.0', '12.345', '9007199254740991.0', '1.2147483647'])('%s names a version', (text) => {
  expect(parseVersionId(text)).toMatchObject({ ok: true });
});

test.each(['', '1', '1.', '.1', '1.2.3', '01.0', '1.00', '-1.0', '1.x', '9007199254740993.0', '1.2147483648', '0.99999999999'])(
  '%s names none',
  (text) => {
    expect(parseVersionId(text)).toMatchObject({ ok: false });
  },
);
