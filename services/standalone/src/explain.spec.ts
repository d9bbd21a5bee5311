import { EmbeddedPostgresError } from '@syncpair/embedded-postgres';
import { expect, test } from 'vitest';
import { checkDatabaseUrl, toStandaloneError } from './explain.ts';

const given = { databaseUrl: null, storageDir: '/srv/storage' };

test.each(['postgresql://u:p@db:5432/syncpair', 'postgres://db/syncpair'])('%s is taken', (url) => {
  checkDatabaseUrl(url);
});

test.each(['mysql://u:secret@db/x', 'db:5432', 'secret', ''])('%s is refused without being repeated', (url) => {
  expect(() => checkDatabaseUrl(url)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining('secret') as string }) as Error,
  );
});

test('expected failures keep their words and their exit code', () => {
  const error = toStandaloneError(new EmbeddedPostgresError('wrong_version', 'made by PostgreSQL 17'), given);
  expect(error).toMatchObject({ name: 'StandaloneError', exitCode: 2, message: 'made by PostgreSQL 17' });
});

test("a database of the user's own that refuses is the user's to mend", () => {
  const refusal = Object.assign(new Error('password authentication failed for user "u"'), { code: '28P01' });
  expect(toStandaloneError(refusal, { ...given, databaseUrl: 'postgresql://u:secret@db/x' })).toMatchObject({
    exitCode: 2,
    message: '--database-url: password authentication failed for user "u"',
  });
  expect(toStandaloneError(refusal, given)).toBe(refusal);
});

test('a failed system call names the storage', () => {
  const failure = Object.assign(new Error("ENOSPC: no space left on device, mkdir '/srv/storage/blobs'"), {
    code: 'ENOSPC',
    syscall: 'mkdir',
  });
  expect(toStandaloneError(failure, given)).toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('/srv/storage cannot be used') as string,
  });
});

test('a fault of ours stays what it is', () => {
  const fault = new TypeError('x is not a function');
  expect(toStandaloneError(fault, given)).toBe(fault);
});
