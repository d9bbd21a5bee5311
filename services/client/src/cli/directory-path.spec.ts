import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DirectoryConfig } from '../config/config.ts';
import { directoryPath } from './directory-path.ts';
import type { CommandConfig } from './read-config.ts';

let folder: string;
let config: CommandConfig;
const before = process.cwd();
const find = (text: string, name?: string): string => {
  const { directory, path } = directoryPath(config, name, text);
  return `${directory.name}: ${path}`;
};

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-path-')));
  const directories = ['team', 'notes'].map((name) => {
    mkdirSync(join(folder, name, 'docs'), { recursive: true });
    return { name, localPath: join(folder, name), shared: true, enabled: true } as DirectoryConfig;
  });
  symlinkSync(join(folder, 'team'), join(folder, 'link'));
  config = {
    file: 'c.yaml',
    config: { file: 'c.yaml', clientId: 'alice', server: 'http://x', tokenFile: null, bandwidth: null, warnings: [], directories },
    directories,
  };
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

test('a plain path is one inside the directory, wherever the command runs', () => {
  process.chdir(join(folder, 'notes'));
  expect(find('docs/a.txt', 'team')).toBe('team: docs/a.txt');
  expect(find('docs/', 'team')).toBe('team: docs');
  expect(find('~/x', 'team')).toBe('team: ~/x');
});

test('an absolute path and one that begins with a dot name their directory by themselves', () => {
  process.chdir(join(folder, 'notes', 'docs'));
  expect(find(join(folder, 'team', 'docs', 'gone', 'a.txt'))).toBe('team: docs/gone/a.txt');
  expect(find('./a.txt')).toBe('notes: docs/a.txt');
  expect(find('../b.txt')).toBe('notes: b.txt');
  expect(find(join(folder, 'link', 'a.txt'))).toBe('team: a.txt');
});

test('a plain path from here lies in a directory where nothing else says in which', () => {
  process.chdir(folder);
  expect(find('team/docs/a.txt')).toBe('team: docs/a.txt');
  expect(find('team/docs/a.txt', 'notes')).toBe('notes: team/docs/a.txt');
});

test.each([
  ['docs/a.txt', undefined, /choose one with --directory NAME: team, notes/],
  ['docs/a.txt', 'tema', /c.yaml has no directory "tema"; it has team, notes/],
  ['/etc/passwd', 'team', /does not lie in "team"/],
  ['../../../etc/passwd', 'team', /does not lie in "team"/],
  ['docs/../../x', 'team', /the path contains ".."/],
  ['a//b', 'team', /empty name/],
  ['.syncpair_state.db', 'team', /reserved/],
])('%s in %s is refused', (text, name, message) => {
  process.chdir(folder);
  expect(() => find(text, name)).toThrow(message);
});

test('the folder itself is no path in it, and one directory is not another', () => {
  expect(() => find(join(folder, 'team'), 'team')).toThrow('does not lie in "team"');
  expect(() => find(join(folder, 'team', 'a.txt'), 'notes')).toThrow('lies in "team", not in "notes"');
});
