import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlError, type DaemonControl } from '../daemon/control.ts';
import { createLogger } from '../log/logger.ts';
import { type RemoteControl, connectControl } from './control-client.ts';
import { type ControlServer, startControlServer } from './control-server.ts';
import { socketPathToListen, socketPathsToTry } from './socket-path.ts';

const status = { client: 'alice', server: { url: 'http://localhost:1', reachable: true, epoch: 'e' }, directories: [] };
const control: DaemonControl = {
  status: () => Promise.resolve(status),
  flush: (directories) =>
    Promise.resolve((directories === 'all' ? ['a', 'b'] : directories).map((name) => ({ directory: name, namespace: name, seq: '7' }))),
  plan: () =>
    Promise.resolve(
      Array.from({ length: 20_000 }, (_, n) => ({ directory: 'a', action: 'upload' as const, path: `file ${n}`, from: null, bytes: n })),
    ),
  why: (path) =>
    new Promise((resolve) =>
      setTimeout(() => resolve({ path, directory: 'a', state: 'in_sync', cause: 'it is', suggestion: null, version: '1.0' }), 200),
    ),
  holds: () => Promise.reject(new Error('broken')),
  join: () => Promise.resolve([]),
  approveHold: (id) => Promise.reject(new ControlError(`no hold ${id}`)),
  rejectHold: () => Promise.resolve(),
  syncNow: () => Promise.resolve(),
};

let folder: string;
let local: string;
let warnings: string[];
const environment = { ...process.env };
const cleanups: (() => unknown)[] = [];
const log = createLogger({ write: ({ level, message }) => level === 'warn' && warnings.push(message) }, 'trace');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncpair-control-'));
  local = join(folder, 'team');
  mkdirSync(local);
  mkdirSync(join(folder, 'run'), { mode: 0o700 });
  mkdirSync(join(folder, 'tmp'));
  process.env['XDG_RUNTIME_DIR'] = join(folder, 'run');
  process.env['TMPDIR'] = join(folder, 'tmp');
  warnings = [];
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  for (const name of ['XDG_RUNTIME_DIR', 'TMPDIR']) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(paths: readonly string[] = [local]): Promise<ControlServer> {
  const server = await startControlServer(control, paths, log);
  cleanups.push(() => server.close());
  return server;
}
async function reach(paths: readonly string[] = [local], silenceMs?: number): Promise<RemoteControl> {
  const client = await connectControl(paths, silenceMs);
  if (client === null) throw new Error('no daemon');
  cleanups.push(() => client.close());
  return client;
}
async function raw(path: string): Promise<{ socket: Socket; lines: string[] }> {
  const socket = connect(path);
  const lines: string[] = [];
  socket.on('data', (chunk) => lines.push(...chunk.toString().trimEnd().split('\n'))).on('error', () => undefined);
  cleanups.push(() => socket.destroy());
  await once(socket, 'data');
  return { socket, lines };
}

describe('a command and its daemon', () => {
  test('speak about everything that a daemon can be asked', async () => {
    await serve();
    const client = await reach();
    expect(client.pid).toBe(process.pid);
    expect(await client.status()).toEqual(status);
    expect(await client.flush('all')).toHaveLength(2);
    expect(await client.flush(['x'])).toEqual([{ directory: 'x', namespace: 'x', seq: '7' }]);
    expect(await client.plan()).toHaveLength(20_000);
    expect(await client.why('/a "quoted"\n name')).toMatchObject({ path: '/a "quoted"\n name' });
    await client.rejectHold('1');
    await client.syncNow();
  });

  test('tell a refusal from a fault', async () => {
    await serve();
    const client = await reach();
    await expect(client.approveHold('9')).rejects.toThrow(new ControlError('no hold 9'));
    const fault = await client.holds().catch((error: unknown) => error);
    expect(fault).not.toBeInstanceOf(ControlError);
    expect(fault).toMatchObject({ message: 'broken' });
  });

  test('many at once get each their own answer', async () => {
    await serve();
    const clients = await Promise.all(Array.from({ length: 20 }, () => reach()));
    const answers = await Promise.all(clients.flatMap((client, n) => [client.why(`slow ${n}`), client.status(), client.why(`also ${n}`)]));
    expect(answers.filter((_, index) => index % 3 === 0).map((answer) => (answer as { path: string }).path)).toEqual(
      clients.map((_, n) => `slow ${n}`),
    );
  });

  test('find each other by any folder, also over a link, and never those of another', async () => {
    const second = join(folder, 'second');
    mkdirSync(second);
    await serve([local, second]);
    symlinkSync(local, join(folder, 'link'));
    await reach([join(folder, 'link')]);
    await reach([second]);
    expect(await connectControl([folder, join(folder, 'missing')])).toBeNull();
  });

  test('are cut when the daemon stops', async () => {
    const server = await serve();
    const client = await reach();
    const answer = client.why('x');
    const refused = expect(answer).rejects.toThrow(/stopped|broke/);
    await server.close();
    await refused;
    await expect(client.status()).rejects.toThrow('the client has stopped');
    expect(await connectControl([local])).toBeNull();
  });
});

describe('the daemon', () => {
  test('answers garbage with an error and goes on', async () => {
    const { paths } = await serve();
    const { socket, lines } = await raw(paths[0] as string);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ pid: process.pid });
    for (const line of [
      'garbage',
      'null',
      '[]',
      '{"id":1}',
      '{"id":1,"method":"constructor","params":[]}',
      '{"id":2,"method":"why","params":[7]}',
    ]) {
      socket.write(`${line}\n`);
      await once(socket, 'data');
      expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ error: { kind: 'unknown' } });
    }
    socket.write('{"id":3,"method":"ping","params":[]}\n');
    await once(socket, 'data');
    expect(JSON.parse(lines.at(-1) as string)).toEqual({ id: 3, result: 'pong' });
  });

  test('cuts a connection whose line never ends, and serves the others', async () => {
    const { paths } = await serve();
    const { socket } = await raw(paths[0] as string);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('x'.repeat(1_100_000));
    await closed;
    await (await reach()).status();
  });

  test('does not take the socket of one that lives', async () => {
    await serve();
    const second = await startControlServer(control, [local], log);
    cleanups.push(() => second.close());
    expect(second.paths).toEqual([]);
    expect(warnings[0]).toContain('another process listens');
    await reach();
  });
});

describe.skipIf(process.platform === 'win32')('the socket', () => {
  test('is for its user alone', async () => {
    const { paths } = await serve();
    const path = paths[0] as string;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(Buffer.byteLength(path)).toBeLessThan(104);
  });

  test('lies in another folder when the first is open to others, a link, or too long', () => {
    const elsewhere = join(folder, 'tmp', 'syncpair-');
    mkdirSync(join(folder, 'run', 'syncpair'), { mode: 0o700 });
    expect(socketPathToListen(local)).toContain(join(folder, 'run', 'syncpair'));
    chmodSync(join(folder, 'run', 'syncpair'), 0o770);
    expect(socketPathToListen(local)).toContain(elsewhere);
    expect(socketPathsToTry(local).join()).not.toContain(join(folder, 'run'));
    rmSync(join(folder, 'run', 'syncpair'), { recursive: true });
    symlinkSync(local, join(folder, 'run', 'syncpair'));
    expect(socketPathToListen(local)).toContain(elsewhere);
    expect(socketPathToListen(local, { XDG_RUNTIME_DIR: join(folder, 'x'.repeat(100)) })).toContain(elsewhere);
  });

  test('is found by a command that sees another environment', async () => {
    delete process.env['XDG_RUNTIME_DIR'];
    const { paths } = await serve();
    process.env['XDG_RUNTIME_DIR'] = join(folder, 'run');
    expect(paths[0]).toContain(join(folder, 'tmp'));
    await reach();
  });

  test('of a daemon that was killed is replaced', async () => {
    const child = await daemonProcess();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(statSync(socketPathToListen(local)).isSocket()).toBe(true);
    expect(await connectControl([local])).toBeNull();
    await serve();
    await reach();
    expect(warnings).toEqual([]);
  });

  test('of a daemon that hangs leads to a word about its process, not to endless waiting', async () => {
    const child = await daemonProcess();
    const client = await reach([local], 400);
    child.kill('SIGSTOP');
    await expect(client.status()).rejects.toThrow(`process ${child.pid}`);
    await expect(connectControl([local], 400)).rejects.toThrow('does not answer');
  });
});

/** A daemon in a process of its own, so that it can be killed and stopped. */
async function daemonProcess(): Promise<ChildProcess> {
  const script = `
    const { startControlServer } = await import(${JSON.stringify(join(import.meta.dirname, 'control-server.ts'))});
    const log = { debug() {}, warn: console.error };
    const { paths } = await startControlServer({ status: () => Promise.resolve({}) }, [${JSON.stringify(local)}], log);
    console.log(paths[0]);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  expect(basename(line.toString().trim())).toMatch(/^[0-9a-f]{24}\.sock$/);
  return child;
}
