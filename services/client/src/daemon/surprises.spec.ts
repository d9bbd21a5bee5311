import { expect, test } from 'vitest';
import type { Logger } from '../log/logger.ts';
import { Surprises } from './surprises.ts';

function make() {
  let now = 0;
  const errors: string[] = [];
  const quiet = () => undefined;
  const log = { error: (text: string) => errors.push(text), warn: quiet, info: quiet, debug: quiet } as unknown as Logger;
  const clock = { monotonic: () => now, wall: () => now, after: () => () => undefined };
  return { surprises: new Surprises('team', log, clock), errors, wait: (ms: number) => (now += ms) };
}

const sqliteError = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR' });

test('a failure is listed until whoever had it has nothing left to do, and logged once a minute', () => {
  const { surprises, errors, wait } = make();
  const [scan, push] = [{}, {}];
  surprises.failed(scan, sqliteError);
  surprises.failed(push, sqliteError);
  wait(2_000);
  surprises.failed(scan, sqliteError);
  expect(errors).toHaveLength(1);
  expect(surprises.list()).toEqual([
    { path: '.', code: 'state_unwritable', message: "SyncPair's own state in the folder cannot be kept: database or disk is full" },
  ]);
  wait(60_000);
  surprises.failed(scan, sqliteError);
  expect(errors).toHaveLength(2);
  surprises.mended(push);
  expect(surprises.list()).toHaveLength(1);
  surprises.mended(scan);
  expect(surprises.list()).toEqual([]);
  surprises.failed(scan, sqliteError);
  expect(errors).toHaveLength(3);
});

test('two different failures are two problems', () => {
  const { surprises } = make();
  surprises.failed({}, sqliteError);
  surprises.failed({}, new Error('something else'));
  expect(surprises.list().map(({ code }) => code)).toEqual(['state_unwritable', 'failed']);
});
