import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DirectoryConfig } from './config.ts';
import { formatConfigError } from './format-config-error.ts';
import { nameRulesOf } from './file-system.ts';
import { type ParsedConfig, parseConfig } from './parse-config.ts';

const OPTIONS = { file: 'c.yaml', folder: '/etc/syncpair', home: '/home/me', platform: 'linux' } as const;

const parse = (text: string): ParsedConfig => parseConfig(text, OPTIONS);

/** What a user sees: each error on its line, in order. */
function refusal(text: string): string[] {
  const parsed = parse(text);
  return parsed.ok ? ['(accepted)'] : parsed.errors.map(formatConfigError);
}

function accepted(text: string): Extract<ParsedConfig, { ok: true }>['config'] {
  const parsed = parse(text);
  expect(parsed.ok ? [] : parsed.errors.map(formatConfigError)).toEqual([]);
  if (!parsed.ok) throw new Error('refused');
  return parsed.config;
}

const warnings = (text: string): string[] => accepted(text).warnings.map(formatConfigError);

const HEAD = 'client_id: a\nserver: http://localhost:8080\n';
/** Lines 1 to 5; what follows begins in line 6. */
const ONE = `${HEAD}directories:\n  - name: x\n    local_path: ~/x\n`;
/** Lines 1 to 6. */
const SETTINGS = `${ONE}    settings:\n`;
const first = (text: string): DirectoryConfig => accepted(text).directories[0] as DirectoryConfig;

describe('the examples of the specification, word for word', () => {
  const example = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', `${name}.yaml.txt`), 'utf8');
  const plain = { description: null, shared: false, syncIntervalSeconds: 30, enabled: true, ignorePatterns: [] };
  const ours = {
    hold: { files: 50, percent: 50 },
    conflictCopies: false,
    watch: 'auto',
    portability: null,
    fileSystem: nameRulesOf('auto', process.platform),
  };

  test("Alice's mixes shared and private directories and adds to the default patterns", () => {
    const { clientId, server, tokenFile, directories } = accepted(example('basic-alice'));
    expect({ clientId, server, tokenFile }).toEqual({ clientId: 'alice', server: 'http://localhost:8080', tokenFile: null });
    const defaults = ['*.tmp', '*.log', '**/.git/**'];
    expect(directories).toEqual([
      {
        ...plain,
        ...ours,
        name: 'personal_notes',
        localPath: '/home/me/notes',
        description: "Alice's personal notes and documents",
        ignorePatterns: defaults,
      },
      {
        ...plain,
        ...ours,
        name: 'team_project',
        localPath: '/home/me/team-work',
        description: 'Shared team project files',
        shared: true,
        syncIntervalSeconds: 15,
        ignorePatterns: [...defaults, 'node_modules/'],
      },
    ]);
  });

  test("Bob's joins the same shared directory", () => {
    expect(accepted(example('basic-bob')).directories).toMatchObject([
      { name: 'personal_workspace', localPath: '/home/me/bob-files', shared: false, syncIntervalSeconds: 30 },
      { name: 'team_project', localPath: '/home/me/shared-work', shared: true, syncIntervalSeconds: 15 },
    ]);
  });

  test('the one of the default section inherits, overrides and merges', () => {
    const patterns = ['*.tmp', '*.log', '**/.git/**', '**/.venv/**', 'node_modules'];
    expect(accepted(example('default-section')).directories).toEqual([
      {
        ...plain,
        ...ours,
        name: 'workspace',
        localPath: '/home/me/workspace',
        description: 'Default workspace directory',
        syncIntervalSeconds: 60,
        ignorePatterns: patterns,
      },
      {
        ...plain,
        ...ours,
        name: 'fast_sync',
        localPath: '/home/me/urgent',
        description: 'Urgent project',
        syncIntervalSeconds: 15,
        ignorePatterns: patterns,
      },
    ]);
  });

  test.each(['mixed-alice', 'mixed-bob'])('%s is accepted without a warning', (name) => {
    expect(warnings(example(name))).toEqual([]);
    expect(accepted(example(name)).directories.map(({ shared }) => shared)).toEqual([false, true]);
  });

  test('the advanced one, whose indentation is wrong, is refused at its line with the right number of spaces', () => {
    expect(refusal(example('advanced'))).toEqual([
      'c.yaml:11:9: "ignore_patterns" is indented by 8 spaces, more than "sync_interval_seconds" above, which it belongs beside; write 6 spaces before it',
    ]);
    const mended = example('advanced').replace('        ignore_patterns:', '      ignore_patterns:');
    expect(first(mended)).toMatchObject({
      syncIntervalSeconds: 60,
      ignorePatterns: ['target/', 'node_modules/', '**/.venv/**', '*.tmp', '*.log', '.env'],
    });
  });
});

describe('settings', () => {
  test('all of them, and all defaults, are taken', () => {
    const all = `description: d
      shared: true
      sync_interval_seconds: 7
      enabled: false
      ignore_patterns: ["b", "a", "b"]
      hold: {files: 3, percent: 4}
      conflict_copies: true`;
    const expected = {
      description: 'd',
      shared: true,
      syncIntervalSeconds: 7,
      enabled: false,
      ignorePatterns: ['b', 'a'],
      hold: { files: 3, percent: 4 },
      conflictCopies: true,
    };
    expect(first(`${SETTINGS}      ${all}\n`)).toMatchObject(expected);
    expect(first(`${ONE}default:\n      ${all}\n`)).toMatchObject(expected);
  });

  test('of a directory go before the defaults, one by one', () => {
    const defaults = 'default:\n  shared: true\n  enabled: false\n  conflict_copies: true\n  description: d\n  ignore_patterns: [c, a]\n';
    const own = '      shared: false\n      enabled: true\n      conflict_copies: false\n      ignore_patterns: [b, c]\n';
    expect(first(`${SETTINGS}${own}${defaults}`)).toMatchObject({
      shared: false,
      enabled: true,
      conflictCopies: false,
      description: 'd',
      ignorePatterns: ['c', 'a', 'b'],
    });
  });

  test.each([
    ['', '', { files: 50, percent: 50 }],
    ['{files: 5}', '', { files: 5, percent: 50 }],
    ['{files: 5}', '{percent: 7}', { files: 5, percent: 7 }],
    ['{files: 5}', 'off', 'off'],
    ['off', '', 'off'],
    ['off', '{files: 5}', { files: 5, percent: 50 }],
    ['', '{}', { files: 50, percent: 50 }],
    ['', '{files: 0, percent: 0}', { files: 0, percent: 0 }],
  ])('hold: default "%s", own "%s"', (defaults, own, hold) => {
    expect(first(`${SETTINGS}      hold: ${own}\ndefault:\n  hold: ${defaults}\n`).hold).toEqual(hold);
  });

  test.each([
    ['settings: {}', `${ONE}    settings: {}\n`],
    ['settings without a value', SETTINGS],
    ['default without a value', `${ONE}default:\n`],
    ['settings without values', `${SETTINGS}      shared:\n      ignore_patterns:\n      sync_interval_seconds: ~\n      hold: null\n`],
    ['Windows line endings', SETTINGS.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${ONE}`],
    ['a document mark', `---\n${ONE}...\n`],
    ['JSON', '{"client_id": "a", "server": "http://localhost:8080", "directories": [{"name": "x", "local_path": "~/x"}]}'],
    ['an extension for anchors', `x-all: &all\n  - "*.tmp"\n${ONE}`],
  ])('are all defaults: %s', (_, text) => {
    expect(first(text)).toEqual({
      name: 'x',
      localPath: '/home/me/x',
      description: null,
      shared: false,
      syncIntervalSeconds: 30,
      enabled: true,
      ignorePatterns: [],
      hold: { files: 50, percent: 50 },
      conflictCopies: false,
      watch: 'auto',
      portability: null,
      fileSystem: nameRulesOf('auto', process.platform),
    });
  });

  test.each([
    ['watch: polling', { watch: 'polling' }],
    ['portability: off', { portability: 'off' }],
    ['portability: refuse', { portability: 'refuse' }],
    ['file_system: windows', { fileSystem: 'windows' }],
    ['file_system: macos', { fileSystem: 'macos' }],
  ] as const)('choose one of a few words: %s', (line, expected) => {
    expect(first(`${SETTINGS}      ${line}\n`)).toMatchObject(expected);
  });

  test('may be shared by an alias', () => {
    expect(first(`x-p: &p ["*.tmp", "*.log"]\n${SETTINGS}      ignore_patterns: *p\n`).ignorePatterns).toEqual(['*.tmp', '*.log']);
    expect(first(`default: &d {shared: true}\n${ONE}    settings: *d\n`).shared).toBe(true);
  });

  test.each(['1', '1e3', '0x10', '604800'])('sync_interval_seconds may be %s', (value) => {
    expect(first(`${SETTINGS}      sync_interval_seconds: ${value}\n`).syncIntervalSeconds).toBe(Number(value));
  });
});

describe('paths', () => {
  test.each([
    ['~/x', '/home/me/x'],
    ['~/x/', '/home/me/x'],
    ['~/a/../b//c/.', '/home/me/b/c'],
    ['x', '/etc/syncpair/x'],
    ['./x', '/etc/syncpair/x'],
    ['../x', '/etc/x'],
    ['/srv/x/', '/srv/x'],
    ['"/srv/a b/ü"', '/srv/a b/ü'],
    ["'~'", '/home/me'],
  ])('local_path %s is %s', (path, absolute) => {
    expect(first(ONE.replace('~/x', path)).localPath).toBe(absolute);
  });

  test.each([
    ['~/x', 'C:\\Users\\me\\x'],
    ['~\\x', 'C:\\Users\\me\\x'],
    ['..\\x\\y', 'C:\\x\\y'],
    ['D:\\team', 'D:\\team'],
    ['D:/team/', 'D:\\team'],
    ['\\\\nas\\share\\team', '\\\\nas\\share\\team'],
  ])('local_path %s on Windows is %s', (path, absolute) => {
    const parsed = parseConfig(ONE.replace('~/x', path), { file: 'c.yaml', folder: 'C:\\conf', home: 'C:\\Users\\me', platform: 'win32' });
    expect(parsed.ok && parsed.config.directories[0]?.localPath).toBe(absolute);
  });

  test('token_file is like them', () => {
    expect(accepted(`${ONE}token_file: ~/.token\n`).tokenFile).toBe('/home/me/.token');
    expect(accepted(`${ONE}token_file: token\n`).tokenFile).toBe('/etc/syncpair/token');
  });
});

test.each([
  ['http://localhost:8080', 'http://localhost:8080'],
  ['http://localhost:8080/', 'http://localhost:8080'],
  ['https://sync.example.org', 'https://sync.example.org'],
  ['HTTP://Sync:80', 'http://sync'],
  ['http://[::1]:5', 'http://[::1]:5'],
])('server %s is %s', (text, server) => {
  expect(accepted(ONE.replace('http://localhost:8080', text)).server).toBe(server);
});

const AT_SERVER = 'c.yaml:2:9: "server"';
const AT_PATH = 'c.yaml:5:17: "local_path"';
const AT_NAME = 'c.yaml:4:11: "name"';
const withServer = (server: string): string => ONE.replace('http://localhost:8080', server);
const withPath = (path: string): string => ONE.replace('~/x', path);
const withName = (name: string): string => ONE.replace('name: x', `name: ${name}`);
const withPattern = (pattern: string): string => `${SETTINGS}      ignore_patterns:\n        - ${pattern}\n`;
const withSetting = (setting: string): string => `${SETTINGS}      ${setting}\n`;

const REFUSED: readonly [text: string, ...lines: string[]][] = [
  // Indentation, tabs, and what else is no YAML
  ['a: 1\n  b: 2\n', 'c.yaml:2:3: "b" is indented by 2 spaces, more than "a" above, which it belongs beside; write no space before it'],
  [
    ONE.replace('server:', ' server:'),
    'c.yaml:2:2: "server" is indented by 1 space, more than "client_id" above, which it belongs beside; write no space before it',
  ],
  [
    `${HEAD}directories:\n  - name: x\n     local_path: y\n`,
    'c.yaml:5:6: "local_path" is indented by 5 spaces, more than "name" above, which it belongs beside; write 4 spaces before it',
  ],
  [
    `${HEAD}directories:\n  - name: x\n   local_path: y\n`,
    'c.yaml:5:4: "local_path" is indented by 3 spaces and so belongs to no line above; write 4 spaces before it, as before "name" above, or no space before it, as before "directories" above',
  ],
  [
    `${HEAD}directories:\n- name: x\n  local_path: y\n settings: {}\n`,
    'c.yaml:6:2: "settings" is indented by 1 space and so belongs to no line above; write 2 spaces before it, as before "local_path" above',
  ],
  [
    `${SETTINGS}      shared: true # yes\n\n      # a comment\n        enabled: true\n`,
    'c.yaml:10:9: "enabled" is indented by 8 spaces, more than "shared" above, which it belongs beside; write 6 spaces before it',
  ],
  [
    `${SETTINGS}      description: |\n        a: b\n          c: d\n      shared: true\n       enabled: true\n`,
    'c.yaml:11:8: "enabled" is indented by 7 spaces, more than "shared" above, which it belongs beside; write 6 spaces before it',
  ],
  [
    `${ONE}   - name: y\n`,
    'c.yaml:6:4: this "-" is indented by 3 spaces and so belongs to no line above; write 2 spaces before it, as before the "-" above',
  ],
  [`${HEAD}default:\n\tshared: true\n`, 'c.yaml:4:1: the line is indented with a tab; write spaces, 2 for each level'],
  [
    'client_id:a\nserver: http://h\n',
    'c.yaml:1:1: there is no space after the colon of "client_id"; write "client_id: " and then the value',
  ],
  [`${ONE}foo\n`, 'c.yaml:6:1: "foo" has no value; write "foo: " and then the value'],
  ['client_id: a: b\n', 'c.yaml:1:12: the value has ": " in it; write the value in quotes'],
  ['client_id: @a\n', 'c.yaml:1:12: a value cannot begin with "@"; write it in quotes'],
  ['client_id: "a" b\n', 'c.yaml:1:16: the value goes on after its end; write all of it in one pair of quotes'],
  [
    'client_id: "C:\\Users"\n',
    'c.yaml:1:15: in double quotes a backslash has a meaning of its own; write "/" for it, or single quotes around the value',
  ],
  [`${ONE}    settings: {shared: true\n`, 'c.yaml:7:1: the list or mapping in brackets is not closed; write "}" at its end'],
  [withPattern('"a\n        - "b"'), 'c.yaml:8:11: a quote is opened here and not closed; write " at the end of the value'],
  [withPattern('*.tmp'), 'c.yaml:8:11: "*.tmp" begins with "*", which YAML takes for a reference; write it in quotes, as in "*.tmp"'],
  [withPattern('*.{a,b}'), 'c.yaml:8:11: "*.{a,b}" begins with "*", which YAML takes for a reference; write it in quotes, as in "*.{a,b}"'],
  [
    withPattern('**/.git/** # git'),
    'c.yaml:8:11: "**/.git/**" begins with "*", which YAML takes for a reference; write it in quotes, as in "**/.git/**"',
  ],
  [withPattern('*'), 'c.yaml:8:11: a "*" by itself is not a value; write it in quotes, as in "*"'],
  [withPattern('!keep'), 'c.yaml:8:11: a value that begins with "!" is taken for a YAML tag; write it in quotes'],
  [`${ONE}---\na: 1\n`, 'c.yaml:6:1: a second document begins here; a file holds one configuration, remove this line or what follows'],
  // The whole
  ['', 'c.yaml:1:1: the file holds no configuration; write client_id, server and directories'],
  ['# nothing\n', 'c.yaml:1:1: the file holds no configuration; write client_id, server and directories'],
  ['hello\n', 'c.yaml:1:1: the configuration must hold names with values; write lines such as "client_id: …"'],
  ['- name: x\n', 'c.yaml:1:1: the configuration must hold names with values; write lines such as "client_id: …"'],
  // Names
  [
    ONE.replace('client_id', 'client-id').replace('server', 'sever'),
    'c.yaml:1:1: "client-id" is not known; write "client_id"',
    'c.yaml:2:1: "sever" is not known; write "server"',
  ],
  [withSetting('Shared: true'), 'c.yaml:7:7: "Shared" is not known; write "shared"'],
  [withSetting('sync_intervall_seconds: 3'), 'c.yaml:7:7: "sync_intervall_seconds" is not known; write "sync_interval_seconds"'],
  [withSetting('interval: 3'), 'c.yaml:7:7: "interval" is not known; write "sync_interval_seconds"'],
  [withSetting('exclude: []'), 'c.yaml:7:7: "exclude" is not known; write "ignore_patterns"'],
  [
    `${ONE}colour: red\n`,
    'c.yaml:6:1: "colour" is not known; remove it, or write one of client_id, server, token_file, bandwidth, default, directories',
  ],
  [
    `${ONE}__proto__: 1\n`,
    'c.yaml:6:1: "__proto__" is not known; remove it, or write one of client_id, server, token_file, bandwidth, default, directories',
  ],
  [`${ONE}1: 2\n`, 'c.yaml:6:1: a name is expected here; write one of client_id, server, token_file, bandwidth, default, directories'],
  [
    `${SETTINGS}    shared: true\n`,
    'c.yaml:7:5: "shared" does not belong here; write it below "settings" of a directory, or below "default"',
  ],
  [`${ONE}local_path: ~/y\n`, 'c.yaml:6:1: "local_path" does not belong here; write it in an entry of "directories"'],
  [`${ONE}    server: http://h\n`, 'c.yaml:6:5: "server" does not belong here; write it at the start of a line, without spaces'],
  [
    `x-d: &d {shared: true}\n${SETTINGS}      <<: *d\n`,
    'c.yaml:8:7: "<<" (a merge key) is not supported; write what all directories share below "default"',
  ],
  [`${SETTINGS}      shared: true\n      shared: false\n`, 'c.yaml:8:7: "shared" was given in line 7 already; remove one of the two'],
  [`${ONE}server: http://h\n`, 'c.yaml:6:1: "server" was given in line 2 already; remove one of the two'],
  ['server: http://h\ndirectories: [{name: x, local_path: y}]\n', 'c.yaml:1:1: "client_id" is missing; write "client_id: alice"'],
  ['client_id: a\ndirectories: [{name: x, local_path: y}]\n', 'c.yaml:1:1: "server" is missing; write "server: http://HOST:PORT"'],
  [HEAD, 'c.yaml:1:1: "directories" is missing; write "directories: [{name: team, local_path: ~/team}]"'],
  [`${HEAD}directories:\n  - local_path: y\n`, 'c.yaml:4:5: "name" is missing; write "name: team"'],
  [`${HEAD}directories:\n  - name: x\n`, 'c.yaml:4:5: "local_path" is missing; write "local_path: ~/team"'],
  // Values of a wrong type
  [ONE.replace('client_id: a', 'client_id: 5'), 'c.yaml:1:12: "client_id" is the number 5; write it in quotes: client_id: "5"'],
  [ONE.replace('client_id: a', 'client_id: [a]'), 'c.yaml:1:12: "client_id" is a list; write one word, as in client_id: alice'],
  [ONE.replace('client_id: a', 'client_id:'), 'c.yaml:1:11: "client_id" has no value; write "client_id: alice"'],
  [withName('true'), `${AT_NAME} is true; write it in quotes: name: "true"`],
  [withSetting('description: 5'), 'c.yaml:7:20: "description" is the number 5; write it in quotes: description: "5"'],
  [withSetting('shared: "yes"'), 'c.yaml:7:15: "shared" is the text "yes"; write true, without quotes'],
  [withSetting('shared: no'), 'c.yaml:7:15: "shared" is the text "no"; write false, without quotes'],
  [withSetting('shared: "true"'), 'c.yaml:7:15: "shared" is the text "true"; write true, without quotes'],
  [withSetting('enabled: 1'), 'c.yaml:7:16: "enabled" is the number 1; write true, without quotes'],
  [withSetting('enabled: perhaps'), 'c.yaml:7:16: "enabled" is the text "perhaps"; write true or false, without quotes'],
  [
    withSetting('conflict_copies: {}'),
    'c.yaml:7:24: "conflict_copies" is a group of names with values; write true or false, without quotes',
  ],
  ...(
    [
      ['fast', 'the text "fast"', ''],
      ['0', 'the number 0', ''],
      ['-1', 'the number -1', ''],
      ['1.5', 'the number 1.5', ''],
      ['604801', 'the number 604801', ''],
      ['.inf', 'the number .inf', ''],
      ['99999999999999999999', 'the number 99999999999999999999', ''],
      ['[5]', 'a list', ''],
      ['"30"', 'the text "30"', ', without quotes'],
    ] as const
  ).map(([value, kind, more]): [string, string] => [
    withSetting(`sync_interval_seconds: ${value}`),
    `c.yaml:7:30: "sync_interval_seconds" is ${kind}; write a whole number of seconds from 1 to 604800${more}`,
  ]),
  [withSetting('hold: false'), 'c.yaml:7:13: "hold" is false; write off'],
  [withSetting('hold: on'), 'c.yaml:7:13: "hold" is the text "on"; write off, or limits such as {files: 50, percent: 50}'],
  [withSetting('hold: {files: -1}'), 'c.yaml:7:21: "files" is the number -1; write a whole number of files from 0 to 1000000000'],
  [withSetting('hold: {percent: 101}'), 'c.yaml:7:23: "percent" is the number 101; write a whole number of percent from 0 to 100'],
  [withSetting('hold: {file: 1}'), 'c.yaml:7:14: "file" is not known; write "files"'],
  [`${ONE}    settings: []\n`, 'c.yaml:6:15: "settings" must hold names with values; write lines such as "description: …"'],
  [`${ONE}default: true\n`, 'c.yaml:6:10: "default" must hold names with values; write lines such as "description: …"'],
  [`${ONE}default:\n  name: x\n`, 'c.yaml:7:3: "name" does not belong here; write it in an entry of "directories"'],
  // Patterns
  [
    withSetting('ignore_patterns: "*.tmp"'),
    'c.yaml:7:24: "ignore_patterns" is the text "*.tmp"; write each pattern on a line of its own below it, as in - "*.tmp"',
  ],
  [withPattern('5'), 'c.yaml:8:11: a pattern is the number 5; write it in quotes, as in - "5"'],
  [withPattern(''), 'c.yaml:8:11: a pattern is without a value; write it in quotes, as in - "*.tmp"'],
  [withPattern('""'), 'c.yaml:8:11: the pattern "" cannot be used: it is empty; write another one, or remove the line'],
  [
    withPattern('"["'),
    'c.yaml:8:11: the pattern "[" cannot be used: a "[" has no "]" in the same name; write "\\[" where you mean the character itself',
  ],
  [withPattern('"{a"'), 'c.yaml:8:11: the pattern "{a" cannot be used: a "{" has no "}"; write "\\{" where you mean the character itself'],
  [`x-p: &p [*p]\n${SETTINGS}      ignore_patterns: *p\n`, 'c.yaml:1:9: a pattern is a list; write it in quotes, as in - "*.tmp"'],
  // Directories
  [`${HEAD}directories: []\n`, 'c.yaml:3:14: "directories" is empty; write entries below it, each beginning with "- name: team"'],
  [`${HEAD}directories:\n`, 'c.yaml:3:13: "directories" has no value; write "directories: [{name: team, local_path: ~/team}]"'],
  [
    `${HEAD}directories: {name: x}\n`,
    'c.yaml:3:14: "directories" is a group of names with values; write entries below it, each beginning with "- name: team"',
  ],
  [`${HEAD}directories:\n  -\n`, 'c.yaml:4:4: this directory has no name; write "- name: team"'],
  [`${HEAD}directories:\n  - x\n`, 'c.yaml:4:5: an entry of "directories" must hold names with values; write lines such as "name: …"'],
  [`${ONE}  - name: x\n    local_path: ~/y\n`, 'c.yaml:6:11: a directory "x" stands in line 4 already; give each a name of its own'],
  [
    `${ONE}  - name: x\n    local_path: ~/y\n    settings: {enabled: false}\n`,
    'c.yaml:6:11: a directory "x" stands in line 4 already; give each a name of its own',
  ],
  // Labels
  [withName('""'), `${AT_NAME} cannot be used: it is empty; write a name such as team`],
  [withName('..'), `${AT_NAME} cannot be used: it is ".."; write a name such as team`],
  [withName('"a\\nb"'), `${AT_NAME} cannot be used: it contains a control character; write a name such as team`],
  [withName('x'.repeat(256)), `${AT_NAME} cannot be used: it is longer than 255 bytes; write a name such as team`],
  [ONE.replace('client_id: a', 'client_id: "."'), 'c.yaml:1:12: "client_id" cannot be used: it is "."; write a name such as alice'],
  // Servers
  [withServer('localhost:8080'), `${AT_SERVER} has no http:// or https://; write "http://localhost:8080"`],
  [withServer('sync'), `${AT_SERVER} has no http:// or https://; write "http://sync"`],
  [withServer('//sync'), `${AT_SERVER} has no http:// or https://; write "http://sync"`],
  [withServer('http:/sync'), `${AT_SERVER} has no http:// or https://; write "http://sync"`],
  [withServer('ws://sync'), `${AT_SERVER} begins with "ws://"; write http:// or https://`],
  [withServer('http://'), `${AT_SERVER} is not an address: "http://"; write http://HOST:PORT`],
  [withServer('http://sync:99999'), `${AT_SERVER} is not an address: "http://sync:99999"; write http://HOST:PORT`],
  [withServer('http://sync/team'), `${AT_SERVER} has a path, "/team", but a server lies at the root of its address; write "http://sync"`],
  [withServer('http://sync?x=1'), `${AT_SERVER} has something after a "?" or "#"; write "http://sync"`],
  [withServer('http://sync#'), `${AT_SERVER} has something after a "?" or "#"; write "http://sync"`],
  [withServer('" "'), `${AT_SERVER} is empty; write http://HOST:PORT`],
  [withServer('8080'), `${AT_SERVER} is the number 8080; write an address, as in server: http://HOST:PORT`],
  // Paths
  [withPath('~'), `${AT_PATH} is "~", which means no value here; write "local_path: ~/team"`],
  [withPath('""'), `${AT_PATH} is empty; write a path, as in ~/team`],
  [withPath('~bob/x'), `${AT_PATH} begins with "~bob", the home of another user; write the whole path, as in /home/bob/team`],
  [withPath('$HOME/x'), `${AT_PATH} begins with "$HOME", and variables are not filled in; write ~ for your home, or the whole path`],
  [
    withPath('"%USERPROFILE%/x"'),
    `${AT_PATH} begins with "%USERPROFILE%", and variables are not filled in; write ~ for your home, or the whole path`,
  ],
  [withPath('C:\\x'), `${AT_PATH} is a path of Windows; write one of this machine, as in ~/team`],
  [withPath('file:///x'), `${AT_PATH} is a URL; write the path alone, as in /home/me/team or ~/team`],
  [withPath('"a\\0b"'), `${AT_PATH} has a line ending or NUL in it; write the path on one line`],
  [`${ONE}token_file: ""\n`, 'c.yaml:6:13: "token_file" is empty; write a path, as in ~/.syncpair-token'],
];

test.each(REFUSED)('is refused: %j', (text, ...lines) => {
  expect(refusal(text)).toEqual(lines);
});

describe('secrets', () => {
  test.each([
    'http://user:hunter2@host',
    'user:hunter2@host:80',
    '"http://user:hunter2@host',
    '[http://user:hunter2@host]',
    'http://hunter2@',
  ])('in %s are not repeated', (server) => {
    const lines = refusal(withServer(server));
    expect(lines[0]).toMatch(/^c\.yaml:2:9: /);
    expect(lines.join()).not.toContain('hunter2');
  });

  test('a user or password is refused with the way to go', () => {
    expect(refusal(withServer('http://user:hunter2@host'))).toEqual([
      `${AT_SERVER} holds a user name or a password; write the address alone, as in http://HOST:PORT, and give a token with "token_file"`,
    ]);
  });
});

describe('warnings', () => {
  const RIGHT = 'write "**/node_modules/**" for every folder of that name and all in it, or "node_modules/**" for the one at the root';

  test('name the pattern that does not do what it looks like, and the right one', () => {
    expect(warnings(withPattern('"node_modules/"'))).toEqual([
      `c.yaml:8:11: "node_modules/" matches only the folder's own entry, what is in it is still synchronised; ${RIGHT}`,
    ]);
    expect(warnings(`${ONE}default:\n  ignore_patterns: ["*.tmp", "node_modules"]\n`)).toEqual([
      `c.yaml:7:30: "node_modules" matches only the entry, what is in a folder of that name is still synchronised; ${RIGHT}`,
    ]);
  });

  test('come once for a list that several directories share', () => {
    const second = '  - name: y\n    local_path: ~/y\n    settings: *s\n';
    expect(warnings(`${ONE}    settings: &s {ignore_patterns: ["temp/"]}\n${second}`)).toHaveLength(1);
  });

  test.each([
    ['http://sync:8080', 1],
    ['https://sync', 0],
    ['http://localhost:8080', 0],
    ['http://127.1.2.3', 0],
    ['http://[::1]:8080', 0],
    ['http://127.0.0.1.evil.org', 1],
  ])('a token that goes to %s', (server, count) => {
    const text = `${withServer(server)}token_file: ~/t\n`;
    const expected = 'c.yaml:2:9: the token travels unencrypted over http://; write https:// where others can listen';
    expect(warnings(text)).toEqual(Array.from({ length: count }, () => expected));
    expect(warnings(withServer(server))).toEqual([]);
  });

  test('of a name with spaces around it', () => {
    expect(warnings(withName('" team"'))).toEqual([
      'c.yaml:4:11: " team" begins or ends with a space, which is part of the name; write "team"',
    ]);
  });
});

describe('what would take all memory or time', () => {
  const DEEP = 'lists or mappings lie in each other more than 40 deep; no setting needs that, remove them';
  const MANY = 'the file has too many values; split it into several configurations';

  test.each([
    ['brackets', '['.repeat(500_000), DEEP],
    ['braces', '{a: '.repeat(200_000), DEEP],
    ['brackets on lines', '[\n'.repeat(400_000), DEEP],
    ['dashes', '- '.repeat(400_000), DEEP],
    ['question marks', '? '.repeat(400_000), DEEP],
    ['names', 'a: '.repeat(300_000), DEEP],
    ['names in brackets', `[${'a: '.repeat(300_000)}`, MANY],
    ['names with brackets', '{a: [b: '.repeat(30), DEEP],
    ['steps', Array.from({ length: 1_300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), DEEP],
    ['quotes', '"'.repeat(900_000), MANY],
    ['many names', Array.from({ length: 80_000 }, (_, index) => `k${index}: 1`).join('\n'), MANY],
    ['empty lines', '\n'.repeat(900_000), MANY],
  ])('%s are refused', (_, text, message) => {
    expect(refusal(text)).toEqual([expect.stringMatching(/^c\.yaml:\d+:\d+: /)]);
    expect(refusal(text)[0]).toContain(message);
  });

  test('but not many directories in one line, as JSON has them', () => {
    const directories = Array.from({ length: 50 }, (_, index) => ({
      name: `d${index}`,
      local_path: `~/d${index}`,
      settings: { shared: true },
    }));
    const json = JSON.stringify({ client_id: 'a', server: 'http://localhost:8080', directories });
    expect(accepted(json).directories).toHaveLength(50);
  });

  test('aliases that multiply are never multiplied', () => {
    const bomb = Array.from({ length: 20 }, (_, level) => `x-${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`);
    const text = `x-0: &l0 ["*.tmp"]\n${bomb.join('\n')}\n${SETTINGS}      ignore_patterns: *l20\n`;
    expect(refusal(text)).toHaveLength(10);
    expect(refusal(text)[0]).toContain('a pattern is a list');
    expect(accepted(`x-0: &l0 ["*.tmp"]\n${bomb.join('\n')}\n${ONE}`).directories).toHaveLength(1);
  });

  test('too many directories, and too many patterns in all', () => {
    const directories = (count: number, settings: string): string =>
      Array.from({ length: count }, (_, index) => `  - {name: d${index}, local_path: ~/d${index}${settings}}\n`).join('');
    expect(refusal(`${HEAD}directories:\n${directories(1_001, '')}`)).toEqual([
      'c.yaml:4:3: there are more than 1000 directories; split them into several configurations',
    ]);
    const patterns = `default:\n  ignore_patterns:\n${Array.from({ length: 10_000 }, (_, index) => `    - "*.x${index}"\n`).join('')}`;
    expect(accepted(`${HEAD}${patterns}directories:\n${directories(90, '')}`).directories[89]?.ignorePatterns).toHaveLength(10_000);
    expect(refusal(`${HEAD}${patterns}directories:\n${directories(101, '')}`)).toEqual([
      'c.yaml:10106:5: the directories have more than 1000000 ignore patterns together; use fewer, with "*"',
    ]);
  });

  test('braces that stand for very much', () => {
    const alternatives = Array.from({ length: 51 }, (_, index) => `        - "${index}{0..999}"\n`).join('');
    expect(refusal(`${SETTINGS}      ignore_patterns:\n${alternatives}`)).toEqual([
      'c.yaml:58:11: the patterns stand for more than 50000 alternatives; use "*" instead of lists in braces',
    ]);
  });
});
