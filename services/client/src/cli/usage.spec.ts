import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PRODUCT_VERSION } from '@syncpair/contracts';
import { describe, expect, test } from 'vitest';
import { captured } from './fixtures/captured.ts';
import { runCli } from './run-cli.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const syncpair = (args: readonly string[]) => captured((stdout, stderr) => runCli(args, stdout, stderr));

const COMMANDS = [
  ['server'],
  ['client'],
  ['status'],
  ['wait'],
  ['plan'],
  ['why'],
  ['history'],
  ['restore'],
  ['undo'],
  ['retention'],
  ['export'],
  ['conflicts', 'list'],
  ['conflicts', 'show'],
  ['conflicts', 'resolve'],
  ['holds', 'list'],
  ['holds', 'approve'],
  ['holds', 'reject'],
  ['holds', 'settings'],
  ['trash', 'list'],
  ['trash', 'restore'],
  ['join'],
  ['gc'],
  ['fsck'],
  ['backup'],
  ['restore-backup'],
];

describe('wrong usage ends with 2 and one line that says what to do', () => {
  test.each([
    ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'; see "syncpair --help"/],
    [
      'a command of a later release',
      ['--quiet', 'login', '--plan'],
      /^syncpair: "login" is not in this release yet; see "syncpair --help"$/m,
    ],
    [
      'a log file that cannot be',
      ['--log-file', '/dev/null/x', 'status'],
      /--log-file \/dev\/null\/x cannot be written: part of the path is not a folder/,
    ],
    ['a misspelt one', ['stauts'], /unknown command 'stauts' \(Did you mean status\?\)/],
    ['an unknown option', ['status', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\); see "syncpair status --help"/],
    ['a word too many', ['status', 'x'], /too many arguments/],
    ['a missing argument', ['why', '--file', 'x'], /missing required argument 'path'/],
    ['an option without its value', ['client', '--file'], /argument missing/],
    ['a level that does not exist', ['--log-level', 'loud', 'status'], /Allowed choices are error, warn, info, debug, trace/],
    ['no configuration', ['status'], /name it with --file CONFIG/],
    ['a port that is none', ['server', '--port', '80x'], /--port 80x is not a TCP port/],
    ['a port beyond all', ['server', '--port', '65536'], /--port 65536 is not a TCP port/],
    ['--auth token', ['server', '--auth', 'token'], /--auth token does not exist yet/],
    ['a time that is none', ['wait', '--file', 'x', '--timeout', 'soon'], /--timeout: "soon" is not a duration/],
    ['an empty client', ['wait', '--file', 'x', '--clients', 'a,,b'], /has an empty name/],
    ['no version', ['restore', '--file', 'x', 'a.txt'], /choose one of "syncpair history"/],
    ['a version that is none', ['restore', '--file', 'x', 'a.txt', '--version', 'new'], /not a version/],
    [
      'a date that is none',
      ['export', '--file', 'x', 'dest', '--at', 'monday'],
      /--at: "monday" is not a time such as 2026-01-31T08:00:00Z, "2026-01-31 08:00"/,
    ],
    ['an undo of nobody', ['undo', '--file', 'x', '--from', '2h', '--to', '1h'], /name the client with --client ID/],
    ['an undo without a time', ['undo', '--file', 'x', '--client', 'bob', '--to', '1h'], /--from is missing; name the time, such as/],
    ['an undo backwards', ['undo', '--file', 'x', '--client', 'bob', '--from', '1h', '--to', '2h'], /--from 1h is later than --to 2h/],
    ['days that are none', ['retention', '--file', 'x', '--days', '0'], /--days 0 is not a number of days from 1 to/],
    ['a size that is none', ['retention', '--file', 'x', '--max-size', 'big'], /"big" is not a size such as 500MB or 20GiB/],
    ['two moments', ['restore', '--file', 'x', 'a.txt', '--version', '1.0', '--at', '2h'], /choose one of them/],
    ['a restore of one file to everywhere', ['restore', '--file', 'x', '--version', '1.0'], /the path is missing/],
    ['a choice that is none', ['conflicts', 'resolve', '--file', 'x', '1', 'mine'], /take winner, loser or both/],
    ['an unknown word after a group', ['holds', 'lsit'], /Did you mean list\?.*"syncpair holds --help"/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await syncpair(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^syncpair: [^\n]*\n$/);
    expect(stderr).toMatch(message);
  });

  test.each([[[]], [['conflicts']], [['holds']]])('%j: no command is answered with the help', async (args) => {
    const { code, stdout, stderr } = await syncpair(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: syncpair/);
  });

  test('a name with control characters cannot forge a line', async () => {
    const { stderr } = await syncpair(['x\nsyncpair: all is well\u001b[2K']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('\u001b');
  });
});

describe('help', () => {
  test.each(COMMANDS)('%s %s', async (...words) => {
    const { code, stdout, stderr } = await syncpair([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: syncpair ${words.join(' ')}`);
    expect(stdout).toMatch(/Example:\n {2}\$ syncpair /);
    for (const option of ['--log-level', '--log-file', '--quiet']) expect(stdout).toContain(option);
  });

  test('on everything lists the commands and the exit codes', async () => {
    const { code, stdout } = await syncpair(['--help']);
    expect(code).toBe(0);
    for (const [word = ''] of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${word} `, 'm'));
    expect(stdout).toContain('5 held');
  });
});

describe('the version', () => {
  test.each([[['--version']], [['-V']], [['status', '--version']], [['--quiet', 'server', '--version']]])('%j', async (args) => {
    expect(await syncpair(args)).toEqual({ code: 0, stdout: `${PRODUCT_VERSION}\n`, stderr: '' });
  });
});

describe('the process', () => {
  test('ends with the exit code', async () => {
    const child = spawn(process.execPath, [MAIN, 'stauts'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(stderr).toContain("unknown command 'stauts'");
  });

  test('takes a reader that has seen enough for no failure', async () => {
    const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(stderr).not.toContain('EPIPE');
  });
});
