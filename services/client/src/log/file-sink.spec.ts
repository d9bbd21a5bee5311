import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileSink } from './file-sink.ts';
import { type Logger, createLogger } from './logger.ts';

let folder: string;
let file: string;
let fallen: string[];
let log: Logger;
let sink: ReturnType<typeof fileSink>;

const openSink = (path: string): void => {
  sink = fileSink(path, { write: ({ level, message }) => fallen.push(`${level}: ${message}`) });
  log = createLogger(sink, 'info');
};
const messages = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => text.slice(text.indexOf('syncpair: ') + 10));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncpair-log-'));
  file = join(folder, 'sync.log');
  fallen = [];
  openSink(file);
});
afterEach(() => {
  sink.close();
  rmSync(folder, { recursive: true, force: true });
});

test('appends to a file that only its owner reads', () => {
  log.info('one');
  sink.close();
  openSink(file);
  log.info('two');
  expect(messages(file)).toEqual(['one', 'two']);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(fallen).toEqual([]);
});

test.skipIf(process.platform === 'win32')('goes on in a new file after rotation and after deletion', () => {
  log.info('one');
  renameSync(file, `${file}.1`);
  log.info('two');
  unlinkSync(file);
  log.info('three');
  expect(messages(`${file}.1`)).toEqual(['one']);
  expect(messages(file)).toEqual(['three']);
});

test('falls back to stderr with one warning, and returns to the file by itself', () => {
  const missing = join(folder, 'missing');
  sink.close();
  openSink(join(missing, 'sync.log'));
  log.info('one');
  log.info('two');
  expect(fallen[0]).toMatch(/^warn: the log file .*missing.* cannot be written .*ENOENT/);
  expect(fallen.slice(1)).toEqual(['info: one', 'info: two']);
  mkdirSync(missing);
  log.info('three');
  expect(fallen).toHaveLength(3);
  expect(messages(join(missing, 'sync.log'))).toEqual(['three']);
});

test.skipIf(process.platform !== 'linux')('outlives a full disk', () => {
  sink.close();
  openSink('/dev/full');
  log.info('one');
  log.error('two');
  expect(fallen[0]).toContain('ENOSPC');
  expect(fallen.slice(1)).toEqual(['info: one', 'error: two']);
});
