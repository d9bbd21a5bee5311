import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintPatterns } from '@syncpair/sync-core';
import { expect, test } from 'vitest';
import { formatConfigError } from '../services/client/src/config/format-config-error.ts';
import { parseConfig } from '../services/client/src/config/parse-config.ts';
import { SETTING_NAMES } from '../services/client/src/config/setting-names.ts';

const read = (page: string): string => readFileSync(join(import.meta.dirname, '..', page), 'utf8');

const examples = ['README.md', 'docs/configuration.md'].flatMap((page) =>
  [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ''], index) => ({ page, number: index + 1, text })),
);

test.each(examples)('YAML example $number of $page is a configuration without a fault', ({ page, text }) => {
  const head = 'client_id: a\nserver: http://localhost:8080\ndirectories:\n  - name: a\n    local_path: ~/a\n';
  const isPart = /^(settings|bandwidth):/.exec(text)?.[1];
  const whole = isPart === undefined ? text : `${head}${isPart === 'settings' ? text.replace(/^/gm, '    ') : text}`;
  const read = parseConfig(whole, { file: page, folder: '/home/me', home: '/home/me', platform: 'linux' });
  expect((read.ok ? read.config.warnings : read.errors).map(formatConfigError)).toEqual([]);
});

test('docs/configuration.md tells of every field and setting', () => {
  const page = read('docs/configuration.md');
  const told = new Set([...page.matchAll(/^\| `(?:directories\[\]\.)?(\w+)`/gm)].map(([, name = '']) => name));
  const known = [...SETTING_NAMES.configuration, ...SETTING_NAMES.directory, ...SETTING_NAMES.settings];
  expect(known.filter((name) => !told.has(name) && name !== 'directories')).toEqual([]);
});

test('the patterns that docs/configuration.md calls wrong are warned of, the right ones are not', () => {
  const [, table = ''] = /^\| ❌.*\n\| -.*\n((?:\|.*\n)+)/m.exec(read('docs/configuration.md')) ?? [];
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').slice(1, -1));
  const patterns = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => pattern);
  expect(rows.length).toBeGreaterThan(3);
  for (const [wrong, , right] of rows) {
    for (const pattern of patterns(wrong)) expect(lintPatterns([pattern]), pattern).toHaveLength(1);
    for (const pattern of patterns(right).filter((text) => text !== '.syncpairignore'))
      expect(lintPatterns([pattern]), pattern).toEqual([]);
  }
});
