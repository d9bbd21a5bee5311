import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { arrives, read } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 600_000 });
const LONG = { within: 180_000 };

const SWAP = `
  import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
  const [folder, outside] = process.argv.slice(1);
  process.stdout.write('ready');
  for (;;) {
    try {
      renameSync(folder + '/d', folder + '/real');
      symlinkSync(outside, folder + '/d');
      unlinkSync(folder + '/d');
      renameSync(folder + '/real', folder + '/d');
    } catch (error) {
      if (!['ENOENT', 'EEXIST', 'EISDIR', 'ENOTEMPTY', 'ENOTDIR', 'EPERM'].includes(error.code)) throw error;
    }
  }
`;

test('while a folder is swapped for a link in a loop, not one of many writes ends outside [SEC-08]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  const outside = join(bob.home, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'f0'), 'not theirs');
  mkdirSync(alice.at('d'));
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at('d', `f${n}`), 'first');
  await arrives(bob.at('d', 'f19'), 'first');
  const attacker = spawn(process.execPath, ['--input-type=module', '-e', SWAP, bob.folder, outside], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(attacker.stdout, 'data');
    for (let round = 0; round < 40; round += 1) {
      if (!readdirSync(alice.folder).includes('d')) mkdirSync(alice.at('d'), { recursive: true });
      for (let n = 0; n < 20; n += 1) {
        try {
          writeFileSync(alice.at('d', `f${n}`), `round ${round}`);
        } catch {
          // What bob's swapping made of the folder may have come here just now: it is a link for a moment.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(readdirSync(outside)).toEqual(['f0']);
    }
  } finally {
    attacker.kill('SIGKILL');
    await once(attacker, 'exit');
  }
  expect(readFileSync(join(outside, 'f0'), 'utf8')).toBe('not theirs');
  await stabilise([alice, bob], LONG);
  expect(readdirSync(outside)).toEqual(['f0']);
});

/** How the first bytes of a hostile connection look; the rest trickles in, byte by byte, or never comes. */
const OPENINGS = [
  'GET /health HTTP/1.1\r\nhost: ',
  'POST /sync HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{',
  `PUT /blobs/${'0'.repeat(64)} HTTP/1.1\r\nhost: h\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n`,
  '',
] as const;
const HOSTILE = 2_000;

test('two thousand connections that trickle headers or bodies, or say nothing, stop none of twenty clients, and are closed [SEC-12]', async () => {
  const clients = Array.from({ length: 20 }, (_, n) => world.client(`client-${n}`));
  for (const client of clients) await client.start();
  const [alice] = clients as [ClientProcess];
  await stabilise(clients, LONG);
  const { hostname, port } = new URL(world.server.url);
  let open = 0;
  let opened = 0;
  const lines = Array.from({ length: HOSTILE }, (_, index) => {
    const socket = connect(Number(port), hostname, () => {
      open += 1;
      opened += 1;
      socket.once('close', () => (open -= 1));
    });
    socket.on('error', () => undefined).resume();
    const opening = OPENINGS[index % OPENINGS.length] as string;
    if (opening !== '') socket.write(opening);
    return socket;
  });
  const trickle = setInterval(() => lines.forEach((socket, index) => index % 4 !== 3 && socket.writable && socket.write('1')), 2_000);
  try {
    await until('all were open', () => (opened >= HOSTILE ? true : undefined), LONG);
    for (let round = 0; round < 5; round += 1) {
      const writer = clients[round * 4] as ClientProcess;
      writeFileSync(writer.at('f'), `round ${round}`);
      for (const client of clients) await arrives(client.at('f'), `round ${round}`);
    }
    await until('the server has closed them', () => (open === 0 ? true : undefined), LONG);
  } finally {
    clearInterval(trickle);
    for (const socket of lines) socket.destroy();
  }
  await stabilise(clients, LONG);
  expect((await fetch(`${world.server.url}/health`)).status).toBe(200);
  expect(await alice.conflicts()).toEqual([]);
});

test('no password, key or grant stands in a log, a command line or a file that others can read [SEC-15]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('large'), Buffer.alloc(3 * 1024 * 1024, 'x'));
  writeFileSync(alice.at('small'), 'small');
  await arrives(bob.at('small'), 'small');
  await stabilise([alice, bob]);
  // Asked wrongly on purpose, so that errors are told too.
  await fetch(`${world.server.url}/blobs/${'0'.repeat(64)}`, { headers: { 'x-syncpair-grant': 'a-secret-grant' } });
  const secrets = globSync('**/*password*', { cwd: world.server.storageDir }).map((file) => join(world.server.storageDir, file));
  expect(secrets).not.toEqual([]);
  const told = [alice.log, bob.log, world.server.log, ...commandLines(world.folder)].join('\n');
  for (const file of secrets) {
    if (!statSync(file).isFile()) continue;
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(told).not.toContain(readFileSync(file, 'utf8').trim());
  }
  expect(told).not.toContain('a-secret-grant');
  expect(told).not.toMatch(/PRIVATE KEY|postgres(ql)?:\/\/[^\s:]+:[^\s@*]+@/);
  // Tokens are signed: key id, claims and signature, joined by dots.
  expect(told).not.toMatch(/\b[\w-]{8,}\.eyJ[\w-]{20,}\.[\w-]{40,}/);
});

/** Of the processes that have to do with a folder. */
const commandLines = (folder: string): string[] =>
  globSync('/proc/[0-9]*/cmdline')
    .map((file) => {
      try {
        return readFileSync(file, 'latin1').replaceAll('\0', ' ');
      } catch {
        // It has ended.
        return '';
      }
    })
    .filter((line) => line.includes(folder));

const STRANGE = ['<img src=x onerror=alert(1)>', '\u001b[31mred\u001b[0m', 'two\nlines', '%s%n%x', 'abc\u202Egnp.exe', '\u0007bell'];

test('names that mean something to a terminal or a browser are told escaped, and downloads are no pages [SEC-18]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const name of STRANGE) writeFileSync(alice.at(name), name);
  for (const name of STRANGE) await arrives(bob.at(name), name);
  await stabilise([alice, bob]);
  for (const text of [await bob.must('history', '--directory', bob.directory), (await bob.run('plan')).stdout, bob.log, alice.log]) {
    // Nothing that moves a cursor, rings or turns the direction of writing around.
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
  }
  for (const name of STRANGE) {
    const query = new URLSearchParams({ client_id: 'bob', directory: bob.directory, shared: 'true' });
    const answer = await fetch(`${world.server.url}/download/${encodeURIComponent(name)}?${query}`);
    expect(await answer.text()).toBe(name);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  }
  expect(read(bob.at('two\nlines'))).toBe('two\nlines');
});
