import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RootRecord, forgetRootRecord, readRootRecord, writeRootRecord } from './root-record.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'syncpair-root-record-'));
  vi.stubEnv('XDG_STATE_HOME', home);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const record: RootRecord = { local_path: '/no/such/folder', root: 'r', device: '1', inode: '2', directory: 'team', server: null };

describe('the record of a root', () => {
  test('is read as it was written, by its owner only, also of a folder that is gone', () => {
    expect(readRootRecord(record.local_path)).toBe(null);
    writeRootRecord(record);
    writeRootRecord({ ...record, server: 's' });
    expect(readRootRecord('/no/such/../such/folder')).toEqual({ ...record, server: 's' });
    const roots = join(home, 'syncpair', 'roots');
    expect(readdirSync(roots)).toHaveLength(1);
    expect(statSync(roots).mode & 0o777).toBe(0o700);
    expect(statSync(join(roots, readdirSync(roots)[0] as string)).mode & 0o777).toBe(0o600);
    forgetRootRecord(record.local_path);
    forgetRootRecord(record.local_path);
    expect(readRootRecord(record.local_path)).toBe(null);
  });

  test('that is damaged is none', () => {
    writeRootRecord(record);
    const roots = join(home, 'syncpair', 'roots');
    writeFileSync(join(roots, readdirSync(roots)[0] as string), '{"local_path":');
    expect(readRootRecord(record.local_path)).toBe(null);
  });
});
