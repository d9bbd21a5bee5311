import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from './fixtures/storage.ts';
import { lockStorage } from './storage-lock.ts';

let storageDir: string;

beforeEach(() => {
  storageDir = temporaryFolder();
});

test('one holder at a time; a release lets the next one in', () => {
  const first = lockStorage(storageDir);
  expect(readdirSync(storageDir).sort()).toEqual(['server.json', 'server.lock']);
  expect(() => lockStorage(storageDir)).toThrow(`process ${process.pid} on`);
  // A refused attempt must not have loosened the lock.
  expect(() => lockStorage(storageDir)).toThrow('in use');
  first.release();
  first.release();
  lockStorage(storageDir).release();
});

test('the holder is told to people, without being needed', () => {
  const lock = lockStorage(storageDir);
  const holderFile = join(storageDir, 'server.json');
  expect(JSON.parse(readFileSync(holderFile, 'utf8'))).toMatchObject({ pid: process.pid });
  expect(statSync(holderFile).mode & 0o777).toBe(0o600);
  writeFileSync(holderFile, 'garbage');
  expect(() => lockStorage(storageDir)).toThrow(/in use by another server$/);
  lock.release();
});

test('what was left by a holder that died does not block', () => {
  writeFileSync(join(storageDir, 'server.json'), JSON.stringify({ pid: 1, host: 'elsewhere' }));
  lockStorage(storageDir).release();
});

test.each([
  ['a folder', (path: string) => void mkdirSync(path)],
  ['a file that is no lock', (path: string) => void writeFileSync(path, 'x'.repeat(2_000))],
])('%s in place of the lock file is refused by name', (_, put) => {
  put(join(storageDir, 'server.lock'));
  expect(() => lockStorage(storageDir)).toThrow(
    expect.objectContaining({ code: 'unusable_storage', message: expect.stringContaining(storageDir) as string }) as Error,
  );
});
