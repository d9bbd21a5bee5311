import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Conflict, type HistoryItem, type Status, statusSchema } from '@syncpair/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Explanation, PlannedAction } from '../daemon/control.ts';
import { type Ended, type Started, run, start, useBuiltCommand } from './fixtures/built-command.ts';
import type { Barrier } from './wait/judge-barrier.ts';

/** One server and the daemons of alice and bob, as a user has them, and every command against them. */
useBuiltCommand();

let home: string;
let url: string;
let server: Started;
let alice: Started;
let bob: Started;

const env = (): NodeJS.ProcessEnv => ({ XDG_RUNTIME_DIR: join(home, 'run'), HOME: home, NO_COLOR: '1' });
const config = (client: string): string => join(home, `${client}.yaml`);
const at = (client: string, ...path: string[]): string => join(home, client, 'team', ...path);

/** Runs a command with a client's configuration. */
const as = (client: string, ...args: string[]): Promise<Ended> => run([...args, '--file', config(client)], { env: env() });

async function json<T>(client: string, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await as(client, ...args, '--json');
  if (code === 1 || code === 2) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = performance.now() + 90_000; performance.now() < end; await delay(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited in vain: ${what}\nalice: ${alice.output.stderr.slice(-3000)}\nbob: ${bob.output.stderr.slice(-3000)}`);
}

const inSync = (client: string): Promise<Status> =>
  until(`${client} is in sync`, async () => {
    const status = await json<Status>(client, 'status');
    return status.directories.every((directory) => directory.in_sync) ? status : undefined;
  });

/** Waits until bob has everything that lies at alice now. */
async function barrier(): Promise<void> {
  const { code, stderr, stdout } = await as('alice', 'wait', '--clients', 'bob', '--timeout', '30s');
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
}

/** That of the specification. */
function expectLogFormat(log: string): void {
  for (const line of log.trimEnd().split('\n'))
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (ERROR| WARN| INFO|DEBUG|TRACE) syncpair(::client|::server)?: \S/);
}

const readOr = (otherwise: string, path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : otherwise);

function writeConfig(client: string, server: string, ...settings: string[]): void {
  const lines = ['directories:', '  - name: team', `    local_path: ${at(client)}`, '    settings:', '      shared: true', ...settings];
  writeFileSync(config(client), [`client_id: ${client}`, `server: ${server}`, ...lines, ''].join('\n'));
}

beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-cli-')));
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  server = start(['server', '--port', '0', '--storage-dir', join(home, 'storage')], { env: env() });
  for (const end = performance.now() + 60_000; ; await delay(50)) {
    const ready = /http:\/\/\S+?(?=[,\s])/.exec(server.output.stdout);
    if (ready !== null) {
      url = ready[0];
      break;
    }
    if (server.process.exitCode !== null || performance.now() > end) throw new Error(`no server: ${server.output.stderr}`);
  }
  for (const client of ['alice', 'bob']) {
    mkdirSync(at(client), { recursive: true });
    // The pattern probably does not do what its author wants: a warning.
    writeConfig(client, url, '      ignore_patterns: [node_modules/]');
  }
  alice = start(['client', '--file', config('alice')], { env: env() });
  bob = start(['client', '--file', config('bob')], { env: env() });
  for (const client of ['alice', 'bob'])
    await until(`${client} answers`, async () => ((await as(client, 'holds', 'list')).code === 0 ? true : undefined));
  await inSync('bob');
});
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

describe('while the clients run', () => {
  test('wait returns when the other has what this one has', async () => {
    mkdirSync(at('alice', 'docs'));
    for (let n = 0; n < 5; n += 1) {
      writeFileSync(at('alice', 'docs', 'a.txt'), `round ${n}`);
      await barrier();
      expect(readFileSync(at('bob', 'docs', 'a.txt'), 'utf8')).toBe(`round ${n}`);
    }
    const document = await json<Barrier>('alice', 'wait');
    expect(document).toMatchObject({ reached: true, directories: [{ directory: 'team', namespace: 'team' }] });
    expect(document.directories[0]?.clients).toMatchObject([{ client: 'bob', reached: true }]);
    expect((await as('alice', 'wait')).stdout).toMatch(/^team at commit \d+\n {2}bob {2}has it\n$/);
  });

  test('wait ends with 3 and says who lags', async () => {
    const { code, stdout, stderr } = await as('alice', 'wait', '--clients', 'bob,dave', '--timeout', '1s');
    expect(code).toBe(3);
    expect(stdout).toMatch(/dave {2}never seen/);
    expect(stderr).toMatch(/^syncpair: timed out after 1s: not every client has everything yet\n$/);
  });

  test('status tells the whole document, and little to people', async () => {
    const status = await inSync('alice');
    expect(statusSchema.parse(status)).toEqual(status);
    expect(status).toMatchObject({
      client: 'alice',
      server: { url, reachable: true },
      directories: [{ name: 'team', namespace: 'team', local_path: at('alice'), state: 'in_sync', in_sync: true, problems: [] }],
    });
    const { code, stdout, stderr } = await as('alice', 'status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^client {2}alice\nserver {2}http:\/\/127.0.0.1:\d+ \(reachable\)\n\nteam {2}in sync\n/);
  });

  test('plan has nothing to do, why says so of a path', async () => {
    await inSync('alice');
    expect(await as('alice', 'plan')).toEqual({ code: 0, stdout: 'nothing to do\n', stderr: '' });
    expect(await json<PlannedAction[]>('alice', 'plan')).toEqual([]);
    expect(await json<Explanation>('alice', 'why', at('alice', 'docs', 'a.txt'))).toMatchObject({ directory: 'team', state: 'in_sync' });
    expect((await as('alice', 'why', '/nowhere')).stdout).toMatch(/state +outside/);
  });

  test('history lists versions, and restore brings one back for everybody or into a file', async () => {
    for (const text of ['first', 'second, longer']) {
      writeFileSync(at('alice', 'report.txt'), text);
      await barrier();
    }
    const versions = await json<HistoryItem[]>('bob', 'history', '--directory', 'team', 'report.txt');
    expect(versions.map(({ path, kind, size, author, head, deleted }) => ({ path, kind, size, author, head, deleted }))).toEqual([
      { path: 'report.txt', kind: 'file', size: 14, author: 'alice', head: true, deleted: false },
      { path: 'report.txt', kind: 'file', size: 5, author: 'alice', head: false, deleted: false },
    ]);
    expect(versions[1]?.hash).toMatch(/^[0-9a-f]{64}$/);
    const first = versions[1]?.version ?? '';
    const output = join(home, 'out.txt');
    const restored = await as('bob', 'restore', at('bob', 'report.txt'), '--version', first, '--output', output);
    expect(restored).toEqual({ code: 0, stdout: `version ${first} of report.txt is in ${output} (5 B)\n`, stderr: '' });
    expect(readFileSync(output, 'utf8')).toBe('first');
    expect(readFileSync(at('bob', 'report.txt'), 'utf8')).toBe('second, longer');

    expect((await as('bob', 'restore', '--directory', 'team', 'report.txt', '--version', first)).code).toBe(0);
    for (const client of ['alice', 'bob'])
      await until(`${client} has the first version again`, () =>
        readFileSync(at(client, 'report.txt'), 'utf8') === 'first' ? true : undefined,
      );
    expect(await json<HistoryItem[]>('bob', 'history', 'report.txt')).toHaveLength(3);
    const table = (await as('bob', 'history', 'report.txt')).stdout.trimEnd().split('\n');
    expect(table[0]).toMatch(/^VERSION +WHEN +BY +WHY +WHAT +SIZE +HASH +PATH$/);
    expect(table).toHaveLength(4);
  });

  test('a version or a path that is not there is told in one line', async () => {
    const { code, stdout, stderr } = await as('alice', 'restore', 'report.txt', '--version', '99999.0');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('syncpair: report.txt has no version 99999.0; "syncpair history" lists those that there are\n');
    expect((await as('alice', 'restore', 'nothing.txt', '--version', '1.0', '--output', join(home, 'x'))).code).toBe(1);
    expect(existsSync(join(home, 'x'))).toBe(false);
  });

  test('export writes a copy, now and as it was', async () => {
    const { at: before } = (await json<HistoryItem[]>('alice', 'history', '--limit', '1'))[0] as HistoryItem;
    await delay(20);
    writeFileSync(at('alice', 'late.txt'), 'late');
    await barrier();
    const now = join(home, 'now');
    expect((await as('bob', 'export', now)).code).toBe(0);
    expect(readdirSync(now).sort()).toEqual(
      readdirSync(at('alice'))
        .filter((name) => !name.startsWith('.syncpair'))
        .sort(),
    );
    expect(statSync(join(now, 'late.txt')).mtimeMs).toBeCloseTo(statSync(at('alice', 'late.txt')).mtimeMs, 0);
    const then = join(home, 'then');
    expect(await json('bob', 'export', then, '--at', before)).toMatchObject({ directory: 'team', dest: then, problems: [] });
    expect(readdirSync(then)).not.toContain('late.txt');
    expect((await as('bob', 'export', now)).stderr).toMatch(/is not empty/);
  });

  test('a conflict is listed, shown and resolved', async () => {
    writeFileSync(at('alice', 'both.txt'), 'line 1\nline 2\n');
    await barrier();
    // Each edits while the other cannot hear of it.
    bob.process.kill('SIGSTOP');
    writeFileSync(at('alice', 'both.txt'), 'line 1\nline 2 of alice\n');
    await until('alice has sent it', async () =>
      (await json<HistoryItem[]>('alice', 'history', 'both.txt')).length === 2 ? true : undefined,
    );
    writeFileSync(at('bob', 'both.txt'), 'line 1\nline 2 of bob\n');
    bob.process.kill('SIGCONT');
    const [found] = await until('a conflict', async () => {
      const list = await json<(Conflict & { directory: string })[]>('alice', 'conflicts', 'list');
      return list.length > 0 ? list : undefined;
    });
    expect(found).toMatchObject({
      directory: 'team',
      path: 'both.txt',
      kind: 'content',
      winner: { author: 'bob' },
      loser: { author: 'alice' },
    });
    const id = found?.id ?? '';
    expect((await as('alice', 'conflicts', 'list')).stdout).toContain(id);
    const shown = await as('alice', 'conflicts', 'show', id);
    expect(shown.stdout).toContain('- line 2 of alice\n+ line 2 of bob\n');
    await until('alice has the winner', () => (readFileSync(at('alice', 'both.txt'), 'utf8').includes('bob') ? true : undefined));

    const resolved = await as('alice', 'conflicts', 'resolve', id, 'loser');
    expect(resolved).toMatchObject({ code: 0, stderr: '' });
    for (const client of ['alice', 'bob'])
      await until(`${client} has the loser`, () => (readFileSync(at(client, 'both.txt'), 'utf8').includes('alice') ? true : undefined));
    expect(await json<Conflict[]>('alice', 'conflicts', 'list')).toEqual([]);
    expect((await as('alice', 'conflicts', 'resolve', id, 'both')).stderr).toMatch(/resolved already: loser/);
    expect((await as('alice', 'conflicts', 'show', 'c0.0')).code).toBe(1);
  });

  test('the start is told in the order in which it happens, each thing once', () => {
    const lines = alice.output.stderr.split('\n').map((line) => line.slice(28));
    const [first, ...others] = [
      / INFO syncpair::client: SyncPair \d\S* alice keeps 1 directory in sync with http:/,
      / WARN syncpair::client: .*alice\.yaml:\d+:\d+: .*node_modules/,
      / INFO syncpair::client: team: keeping .* the same as team on http:/,
      / INFO syncpair::client: team: in sync/,
    ].map((line) => lines.filter((told) => line.test(told)).length);
    expect([first, ...others]).toEqual([1, 1, 1, 1]);
  });

  test('a reader that has seen enough is no failure', async () => {
    for (let n = 0; n < 3; n += 1) {
      const child = start(['history', '--file', config('alice'), '--json'], { env: env() });
      child.process.stdout?.destroy();
      expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test.runIf(process.platform === 'linux')('what cannot be written is a failure', async () => {
    const command = 'exec "$0" "$@" > /dev/full';
    const { code, stderr } = await run(['status', '--file', config('alice')], { env: env(), through: ['sh', '-c', command] });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^syncpair: stdout cannot be written: /) as string });
  });

  test('a second server for the same storage is refused, and the first goes on', async () => {
    const { code, stdout, stderr } = await run(['--quiet', 'server', '--port', '0', '--storage-dir', join(home, 'storage')], {
      env: env(),
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^syncpair: the storage directory [^\n]* is in use by another server[^\n]*\n$/);
    expect((await json<Status>('alice', 'status')).server.reachable).toBe(true);
  });

  test('a second client for the same folder is refused, and the first goes on', async () => {
    const second = await as('alice', 'client');
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/syncpair: [^\n]+\n$/);
    expect((await as('alice', 'status')).code).toBe(0);
  });
});

describe('the configuration', () => {
  test('that is wrong ends with 2 and the place', async () => {
    const file = join(home, 'bad.yaml');
    writeFileSync(file, 'client_id: x\nserver: http://localhost:1\ndirectories:\n  - name: a\n    local_path: /tmp/a\n    colour: red\n');
    const { code, stdout, stderr } = await run(['status', '--file', file], { env: env() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^syncpair: .*bad\.yaml:6/);
    expect((await run(['status', '--file', join(home, 'none.yaml')], { env: env() })).code).toBe(2);
  });
});

describe('the command lines of the specification', () => {
  test('global options come before the command: debug on stderr, quiet, and into a file', async () => {
    const cwd = mkdtempSync(join(home, 'cwd-'));
    const here = { cwd, env: env() };
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    listener.close();
    await once(listener, 'close');
    const other = start(['--log-level', 'debug', 'server', '--port', String(port)], here);
    await until('the other server is ready', () => (other.output.stdout.includes(`ready at http://127.0.0.1:${port},`) ? true : undefined));
    expect(existsSync(join(cwd, 'server_storage'))).toBe(true);
    expect(other.output.stderr).toMatch(/ DEBUG syncpair::server: /);

    const folder = join(cwd, 'team');
    for (const file of ['config.yaml', 'multi-dirs.yaml'])
      writeFileSync(
        join(cwd, file),
        `client_id: carol\nserver: http://127.0.0.1:${port}\ndirectories:\n  - name: team\n    local_path: ${folder}\n`,
      );
    const quiet = start(['--quiet', 'client', '--file', 'config.yaml'], here);
    // A client that does not run yet has a status, too.
    await until('the quiet client works', async () =>
      (JSON.parse((await run(['status', '--json', '--file', 'config.yaml'], here)).stdout) as { running: boolean }).running
        ? true
        : undefined,
    );
    quiet.process.kill('SIGTERM');
    expect(await quiet.ended).toEqual({ code: 0, stdout: '', stderr: '' });

    const logging = start(['--log-file', 'sync.log', 'client', '--file', 'multi-dirs.yaml'], here);
    await until('the log tells', () => (readOr('', join(cwd, 'sync.log')).includes('team: in sync') ? true : undefined));
    logging.process.kill('SIGTERM');
    expect(await logging.ended).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(cwd, 'sync.log'), 'utf8')).toMatch(/ INFO syncpair::client: stopped\n$/);

    other.process.kill('SIGINT');
    expect((await other.ended).code).toBe(0);
    expectLogFormat(other.output.stderr);
  });
});

describe('when they stop', () => {
  test.each([
    ['SIGTERM', 'bob'],
    ['SIGINT', 'alice'],
  ] as const)('%s ends %s within 5 s with 0', async (signal, client) => {
    const daemon = client === 'alice' ? alice : bob;
    const begun = performance.now();
    daemon.process.kill(signal);
    expect((await daemon.ended).code).toBe(0);
    expect(performance.now() - begun).toBeLessThan(6_000);
    expect(daemon.output.stdout).toBe('');
    expectLogFormat(daemon.output.stderr);
  });

  test('status reads what they left, and never says "in sync"', async () => {
    const status = await json<Status>('alice', 'status');
    expect(statusSchema.parse(status)).toEqual(status);
    expect(status).toMatchObject({ server: { reachable: true }, directories: [{ state: 'offline', in_sync: false }] });
    expect(Number(status.directories[0]?.cursor)).toBeGreaterThan(0);
    expect((await as('alice', 'status')).stdout).toMatch(/team {2}offline/);
  });

  test('wait says that no client runs, what is held the server tells', async () => {
    const { code, stderr } = await as('alice', 'wait');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^syncpair: no client runs for .*; start it with "syncpair client --file /);
    expect(await as('alice', 'holds', 'list')).toMatchObject({ code: 0, stdout: 'nothing is held\n' });
  });

  test('plan and why start an engine of their own and change nothing', async () => {
    writeFileSync(at('alice', 'new.txt'), 'new');
    const before = readdirSync(at('alice')).sort();
    expect(await json<PlannedAction[]>('alice', 'plan')).toMatchObject([
      { directory: 'team', action: 'upload', path: 'new.txt', bytes: 3 },
    ]);
    expect((await as('alice', 'plan')).stdout).toMatch(
      /^team {2}upload {2}3 B {2}new\.txt\n\n1 action, 3 B to travel; nothing was changed\n$/,
    );
    expect(await json<Explanation>('alice', 'why', at('alice', 'new.txt'))).toMatchObject({ state: 'waiting_upload' });
    expect(readdirSync(at('alice')).sort()).toEqual(before);
    expect(await json<HistoryItem[]>('alice', 'history', 'new.txt')).toEqual([]);
  });

  test('client --once syncs what is left and ends', async () => {
    expect(await as('alice', '--quiet', 'client', '--once')).toEqual({ code: 0, stdout: '', stderr: '' });
    const log = join(home, 'bob.log');
    expect(await as('bob', '--log-file', log, 'client', '--once')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(at('bob', 'new.txt'), 'utf8')).toBe('new');
    expect(readFileSync(log, 'utf8')).toMatch(/ INFO syncpair::client: /);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('a mass deletion ends --once with 5, is listed, and comes back when it is rejected', async () => {
    for (let n = 0; n < 60; n += 1) writeFileSync(at('alice', `many ${n}.txt`), String(n));
    expect((await as('alice', '--quiet', 'client', '--once')).code).toBe(0);
    for (let n = 0; n < 60; n += 1) rmSync(at('alice', `many ${n}.txt`));
    expect((await as('alice', '--quiet', 'client', '--once')).code).toBe(5);
    expect((await as('alice', 'status')).code).toBe(5);

    alice = start(['client', '--file', config('alice')], { env: env() });
    const [hold] = await until('the hold', async () => {
      const { code, stdout } = await as('alice', 'holds', 'list', '--json');
      const list = code === 0 ? (JSON.parse(stdout) as { id: string; paths: number }[]) : [];
      return list.length > 0 ? list : undefined;
    });
    expect(hold?.paths).toBe(60);
    expect((await as('alice', 'holds', 'list')).stdout).toMatch(/team: 60 deletions of \d+ paths/);
    expect((await as('alice', 'holds', 'approve', 'nope')).code).toBe(1);
    expect((await as('alice', 'holds', 'reject', hold?.id ?? '')).code).toBe(0);
    await until('the files are back', () => (existsSync(at('alice', 'many 59.txt')) ? true : undefined));
    expect((await inSync('alice')).directories[0]?.holds).toBe(0);
    alice.process.kill('SIGTERM');
    expect((await alice.ended).code).toBe(0);
  });

  test('a path that cannot travel ends --once with 4, and is listed', async () => {
    writeFileSync(at('alice', 'back\\slash'), 'x');
    expect((await as('alice', '--quiet', 'client', '--once')).code).toBe(4);
    const status = await as('alice', 'status', '--json');
    expect(status.code).toBe(4);
    expect((JSON.parse(status.stdout) as Status).directories[0]?.problems).toMatchObject([
      { path: expect.stringContaining('slash') as string },
    ]);
    rmSync(at('alice', 'back\\slash'));
  });

  test('without a server status says so, and the other commands end with 1', async () => {
    const begun = performance.now();
    server.process.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(performance.now() - begun).toBeLessThan(6_000);
    expectLogFormat(server.output.stderr);
    expect(server.output.stdout).toBe(`syncpair server is ready at ${url}, storage in ${join(home, 'storage')}\n`);
    expect((await json<Status>('alice', 'status')).server).toMatchObject({ reachable: false });
    const { code, stderr } = await as('alice', 'history');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^syncpair: the server does not answer: [^\n]+\n$/);
  });
});
