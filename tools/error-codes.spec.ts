import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ERROR_CODES_PAGE, errorCodesPage } from './error-codes.ts';

test('docs/error-codes.md says what the comments of the codes say', async () => {
  expect(await readFile(ERROR_CODES_PAGE, 'utf8'), 'to mend it: node tools/error-codes.ts').toBe(await errorCodesPage());
});
