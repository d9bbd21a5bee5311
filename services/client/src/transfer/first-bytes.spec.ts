import { expect, it } from 'vitest';
import { firstBytes } from './first-bytes.ts';

async function* source(onClose: () => void, ...parts: string[]): AsyncGenerator<Uint8Array> {
  try {
    for (const part of parts) yield await Promise.resolve(Buffer.from(part));
  } finally {
    onClose();
  }
}

it.each([
  ['a file that grew since', ['abc', 'def', 'ghi'], 5, 'abcde'],
  ['a file that grew by a whole part', ['abc', 'def'], 3, 'abc'],
  ['a file as it was', ['abc', 'de'], 5, 'abcde'],
  ['a file that was cut', ['abc'], 5, 'abc'],
])('gives of %s what it was, and closes it', async (_name, parts, size, expected) => {
  let closed = 0;
  const given: Uint8Array[] = [];
  for await (const part of firstBytes(
    source(() => (closed += 1), ...parts),
    size,
  ))
    given.push(part);
  expect([Buffer.concat(given).toString(), closed]).toEqual([expected, 1]);
});
