import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { arrives, read } from '../harness/files.ts';
import { inSync } from '../harness/in-sync.ts';
import { RealProcess } from '../harness/real-process.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 400_000 });

/** A client whose directories lie at these paths, each under a name of its own. */
function withFolders(id: string, paths: readonly string[], more = ''): ClientProcess {
  const directories = paths.map((path, index) => `  - name: ${id}-${index}\n    local_path: ${JSON.stringify(path)}\n`).join('');
  return world.client(id, { document: `client_id: ${id}\nserver: ${world.server.url}\ndirectories:\n${directories}${more}` });
}

/** Text of a configuration, with what the refusal has to name. */
const FAULTY: readonly (readonly [what: string, text: string, told: RegExp])[] = [
  ['no YAML', 'client_id: "open\nserver: x\n', /config\.yaml:\d+:\d+: /],
  ['tabs', 'client_id: a\nserver: http://h\ndirectories:\n\t- name: x\n', /config\.yaml:4:\d+: /],
  ['an unknown key', 'client_id: a\nserver: http://h\ndirectorys: []\n', /config\.yaml:3:1: .*directories/],
  ['a missing key', 'client_id: a\nserver: http://h\n', /config\.yaml:1:1: "directories" is missing/],
  [
    'a number as text',
    'client_id: a\nserver: http://h\ndirectories:\n  - name: x\n    local_path: ~/x\n    settings:\n      sync_interval_seconds: "ten"\n',
    /config\.yaml:7:\d+: /,
  ],
  ['a wrong indentation', 'client_id: a\nserver: http://h\ndirectories:\n  - name: x\n  local_path: ~/x\n', /config\.yaml:\d+:\d+: /],
  [
    'a bomb of anchors',
    `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]\n`).join('')}`,
    /config\.yaml:\d+:\d+: /,
  ],
  ['50 MB', `client_id: a\n${'# x\n'.repeat(12_500_000)}`, /config\.yaml: the file is larger than 1 MB/],
];

test.each(FAULTY)('a configuration with %s ends with 2 and the place, and starts nothing [CFG-05]', async (_what, text, told) => {
  const client = world.client('faulty', { document: text });
  const { code, stderr } = await client.run('client');
  expect(code).toBe(2);
  expect(stderr).toMatch(told);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(existsSync(client.at('.syncpair_state.db'))).toBe(false);
});

test('two directories in one folder, one in the other, or one by a link are refused with both named; so are / and HOME [CFG-06]', async () => {
  const base = world.client('base').home;
  mkdirSync(join(base, 'real', 'below'), { recursive: true });
  symlinkSync(join(base, 'real'), join(base, 'alias'));
  const pairs = [
    [join(base, 'real'), join(base, 'real')],
    [join(base, 'real'), join(base, 'real', 'below')],
    [join(base, 'real', 'below'), join(base, 'alias')],
  ];
  for (const paths of pairs) {
    const { code, stderr } = await withFolders('twice', paths).run('client');
    expect([code, stderr]).toEqual([2, expect.stringContaining('twice-0')]);
    expect(stderr).toMatch(/config\.yaml:7:\d+: "local_path"/);
  }
  for (const path of ['/', '~', '~/..']) expect((await withFolders('alone', [path]).run('client')).code).toBe(2);
});

test('a folder that is missing is made, and one that is a file is told with its line [CFG-09]', async () => {
  const client = withFolders('paths', ['~/new/folder', 'relative', '~/good']);
  await client.start();
  await inSync([client]);
  for (const folder of ['new/folder', 'relative', 'good']) expect(existsSync(join(client.home, folder))).toBe(true);
  await client.stop();
  writeFileSync(join(client.home, 'a file'), '');
  const { code, stderr } = await withFolders('paths', ['~/good', '~/a file']).run('client');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/config\.yaml:7:\d+: "local_path" is .*a file/)]);
});

test('on a full disk under the log, and quiet, everything goes on; a log that can never be written is refused [CFG-10]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  await alice.stop();
  const start = (log: string): RealProcess =>
    new RealProcess(['--quiet', '--log-file', log, 'client', '--file', alice.config], alice.place);
  const refused = await start(alice.home).ended;
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/--log-file .* cannot be written: it is a folder\n$/)]);
  const daemon = start('/dev/full');
  try {
    writeFileSync(alice.at('from alice'), 'from alice');
    writeFileSync(bob.at('from bob'), 'from bob');
    await arrives(bob.at('from alice'), 'from alice');
    await arrives(alice.at('from bob'), 'from bob');
    expect(daemon.isRunning).toBe(true);
  } finally {
    await daemon.stop();
  }
  expect(daemon.output.stdout).toBe('');
});

test('patterns that could take for ever take no time, or are refused with a word [CFG-11]', async () => {
  const evil = ['*a*a*a*a*a*a*a*b', '**/**/**/**/x', '*'.repeat(200), '+(a|aa|aaa)b'];
  const many = Array.from({ length: 10_000 }, (_, n) => `generated-${n}/*.o`);
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { ignore_patterns: [...evil.slice(0, 2), ...many] } });
  for (let n = 0; n < 300; n += 1) writeFileSync(alice.at(`${'a'.repeat(200)}${n}`), String(n));
  await until('all are at bob', () => (read(bob.at(`${'a'.repeat(200)}299`)) === '299' ? true : undefined), { within: 90_000 });
  await stabilise([alice, bob], { within: 90_000 });
  for (const pattern of ['[', '{a,b', ...evil]) {
    const client = world.client('patterns', { settings: { ignore_patterns: [pattern] } });
    const { code, stderr } = await client.run('--quiet', 'client', '--once');
    expect([0, 2]).toContain(code);
    if (code === 2) expect(stderr).toMatch(/config\.yaml:\d+:\d+: /);
  }
});
